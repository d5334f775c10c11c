import Kernels
import Text

/// Versions that results name.
public enum Versions {
  /// The version of this package.
  public static let program = "0.1.0"
  /// The name that it has among versions.
  public static let programName = "encodermi"

  /// Versions of this package and of the libraries it computes with, by name.
  public static var all: [String: String] {
    [
      programName: program, "swift": swift, "convolutions": Machine.convolutionLibrary,
      "openblas": Machine.matrixLibraryVersion, "unicode": CaptionText.unicodeVersion,
    ]
  }

  /// The compiler's version, as far as the compiler tells: major and minor.
  private static var swift: String {
    #if compiler(>=6.5)
      "6.5 or newer"
    #elseif compiler(>=6.4)
      "6.4"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "older than 6.3"
    #endif
  }
}
