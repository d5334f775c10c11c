import Testing

@testable import Kernels

@Suite struct ProcessLaunchTests {
  private typealias Environment = [String: String]

  @Test(
    "Each launcher is known by its variables",
    arguments: [
      (
        ["OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_RANK": "3", "PMIX_RANK": "3"],
        ProcessLaunch.Interface.openMPI, 4, 3
      ),
      (["PMIX_RANK": "1", "SLURM_STEP_NUM_TASKS": "2", "SLURM_STEP_ID": "0"], .openMPI, 2, 1),
      (["PMI_RANK": "2", "PMI_SIZE": "3"], .mpich, 3, 2),
      (["SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "2", "SLURM_PROCID": "1"], nil, 2, 1),
    ] as [([String: String], ProcessLaunch.Interface?, Int, Int)])
  func launchers(
    environment: [String: String], interface: ProcessLaunch.Interface?, count: Int, rank: Int
  ) throws {
    let launch = try #require(ProcessLaunch(environment: environment))
    #expect(launch.interface == interface && launch.count == count && launch.rank == rank)
  }

  @Test(
    "A process alone is none of several, also under a launcher",
    arguments: [
      [:], ["OMPI_COMM_WORLD_SIZE": "1", "OMPI_COMM_WORLD_RANK": "0"], ["PMI_SIZE": "1", "PMI_RANK": "0"],
      ["SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "1"], ["SLURM_NTASKS": "4", "SLURM_PROCID": "0"],
    ] as [[String: String]])
  func alone(environment: [String: String]) { #expect(ProcessLaunch(environment: environment) == nil) }

  @Test("Where nothing connects the processes, none of them begins")
  func unconnected() throws {
    let launch = try #require(
      ProcessLaunch(environment: ["SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "2"]))
    #expect(throws: LaunchError.unconnected(count: 2)) { _ = try MPI.start(launch) }
  }

  @Test("An error names the package that is missing")
  func words() {
    #expect(LaunchError.noLibrary(.openMPI, file: "libmpi.so.40").description.contains("libopenmpi3"))
    #expect(LaunchError.noLibrary(.mpich, file: "libmpich.so.12").description.contains("libmpich12"))
  }

  @Test(
    "Processes that share processors share them evenly, by machine",
    arguments: [
      ([("a", [0, 1]), ("a", [0, 1])], 1), ([("a", [0, 1]), ("b", [0, 1])], 2),
      ([("a", [0]), ("a", [1])], 1),
      ([("a", [0, 1, 2, 3]), ("a", [0, 1, 2, 3]), ("b", [0])], 1),
      ([("a", Array(0..<9)), ("a", Array(0..<9)), ("a", Array(0..<9))], 3),
      ([("a", [0]), ("a", [0]), ("a", [0])], 1), ([("a", Array(0..<8)), ("a", Array(8..<16))], 8),
    ] as [([(String, [Int])], Int)])
  func threads(places: [(String, [Int])], expected: Int) {
    let shares = ProcessorShares(places.map { .init(machine: $0.0, processors: Set($0.1)) })
    #expect(shares.threads == expected)
    #expect(shares.fewest == places.map(\.1.count).min())
  }

  @Test("Processors are read as the kernel lists them")
  func lists() {
    #expect(ProcessorShares.parse("0-3,8,10-11") == [0, 1, 2, 3, 8, 10, 11])
    #expect(ProcessorShares.parse("5") == [5])
    #expect(ProcessorShares.parse("") == [])
    #expect(ProcessorShares(.alone).threads >= 1)
  }
}
