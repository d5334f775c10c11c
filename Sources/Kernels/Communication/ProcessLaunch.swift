/// How this process was started beside others, as the launcher's variables tell it.
public struct ProcessLaunch: Sendable, Equatable {
  /// A binary interface of MPI.
  public enum Interface: Sendable, Equatable {
    /// That of Open MPI 4 and 5.
    case openMPI
    /// That of MPICH 3 and later and its relatives.
    case mpich
  }

  /// What connects the processes; nil where Slurm's `srun` started several and connected them by nothing.
  public let interface: Interface?
  /// The number of processes; nil where it shows only once they are connected.
  public let count: Int?
  /// The number of this process, from 0.
  public let rank: Int

  /// Nil for a process that was started alone.
  public init?(environment: [String: String]) {
    func number(_ names: String...) -> Int? {
      names.lazy.compactMap { environment[$0].flatMap { Int($0) } }.first
    }
    if let size = number("OMPI_COMM_WORLD_SIZE") {
      (interface, count, rank) = (.openMPI, size, number("OMPI_COMM_WORLD_RANK") ?? 0)
    } else if let own = number("PMIX_RANK") {
      (interface, count, rank) = (.openMPI, number("SLURM_STEP_NUM_TASKS", "SLURM_NTASKS"), own)
    } else if let size = number("PMI_SIZE") {
      (interface, count, rank) = (.mpich, size, number("PMI_RANK") ?? 0)
    } else if environment["SLURM_STEP_ID"] != nil, let size = number("SLURM_STEP_NUM_TASKS") {
      (interface, count, rank) = (nil, size, number("SLURM_PROCID") ?? 0)
    } else {
      return nil
    }
    if let count, count <= 1 { return nil }
  }
}

/// Why processes that were started together cannot work together.
public enum LaunchError: Error, Equatable, CustomStringConvertible {
  /// Several processes that nothing connects.
  case unconnected(count: Int)
  /// The library of the launcher's interface is not installed.
  case noLibrary(ProcessLaunch.Interface, file: String)
  /// The library lacks a function.
  case noFunction(String)
  /// The library did not start.
  case notStarted(String)
  /// The library tells of another number of processes than the launcher.
  case otherCount(expected: Int, found: Int)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .unconnected(let count):
      "srun started \(count) processes that nothing connects, and each would train an encoder of its own in the same "
        + "folder; start them by 'srun --mpi=pmix' (Open MPI) or 'srun --mpi=pmi2' (MPICH), or by mpirun"
    case .noLibrary(let interface, let file):
      switch interface {
      case .openMPI:
        "mpirun of Open MPI started this process, but its library \(file) cannot be opened; install it (apt-get install "
          + "libopenmpi3, in newer systems libopenmpi40), or start one process without mpirun"
      case .mpich:
        "MPICH's launcher started this process, but its library \(file) cannot be opened; install it (apt-get install "
          + "libmpich12), or start one process without the launcher"
      }
    case .noFunction(let name):
      "the MPI library has no \(name); install another version of it (libopenmpi3 or libmpich12)"
    case .notStarted(let what): "the MPI library did not start (\(what)); see what it says above"
    case .otherCount(let expected, let found):
      "the launcher started \(expected) processes, but the MPI library knows of \(found); launcher and library belong to "
        + "different versions of MPI: install those of one, and call its launcher by its full name (mpirun.openmpi or "
        + "mpiexec.mpich)"
    }
  }
}
