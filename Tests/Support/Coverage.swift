import Foundation

/// Shares of simulated data sets for which something holds, as rows of the table that `scripts/coverage` prints.
public enum Coverage {
  /// How many data sets are simulated.
  public static let sets = 2000
  /// Three deviations of a share near 0.95 among so many sets.
  public static let slack = 3 * (0.95 * 0.05 / Double(sets)).squareRoot()

  /// Adds a row to the file that `ENCODERMI_COVERAGE` names, if it names one.
  public static func note(_ interval: String, _ place: String, share: Double) {
    guard let path = ProcessInfo.processInfo.environment["ENCODERMI_COVERAGE"],
      let file = FileHandle(forWritingAtPath: path)
    else { return }
    file.seekToEndOfFile()
    file.write(Data("| \(interval) | \(place) | \(String(format: "%.1f", 100 * share)) |\n".utf8))
    file.closeFile()
  }
}
