import Foundation

/// Settings of the OpenMP runtime, which it reads when it is loaded, before any code of ours runs.
enum Launch {
  /// Starts the program anew with short spins, unless the user chose.
  ///
  /// At the end of each parallel loop the runtime's threads spin for milliseconds by default. Where another program
  /// has taken one of the processors, the others then wait for it in every loop and a step takes ten times as long.
  static func restartWithShortSpins() {
    guard getenv("GOMP_SPINCOUNT") == nil, getenv("OMP_WAIT_POLICY") == nil else { return }
    setenv("GOMP_SPINCOUNT", "2000", 1)
    guard let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
      return
    }
    var arguments: [UnsafeMutablePointer<CChar>?] = CommandLine.arguments.map { strdup($0) }
    arguments.append(nil)
    // Returns only if it failed; then the run goes on as it is.
    execv(path, &arguments)
  }
}
