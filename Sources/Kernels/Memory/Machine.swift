internal import COpenBLAS

#if oneDNN
  internal import CDNNL
#endif

/// What the kernels need to know about the processor.
public enum Machine {
  /// Floats in the widest vector that the convolution library uses here: 16 with AVX-512, else 8.
  static let vectorWidth: Int = {
    #if oneDNN
      return Int(cdnnl_vector_width())
    #else
      return 16
    #endif
  }()

  /// The version of OpenBLAS, such as "0.3.21".
  public static let matrixLibraryVersion: String = {
    // "OpenBLAS 0.3.21 DYNAMIC_ARCH NO_AFFINITY Haswell MAX_THREADS=64"
    let words = String(cString: openblas_get_config()).split(separator: " ")
    return words.count > 1 && words[0] == "OpenBLAS" ? String(words[1]) : "unknown"
  }()

  /// The library that convolutions run on.
  public static let convolutionLibrary: String = {
    #if oneDNN
      var version: (Int32, Int32, Int32) = (0, 0, 0)
      withUnsafeMutableBytes(of: &version) {
        cdnnl_version($0.assumingMemoryBound(to: Int32.self).baseAddress)
      }
      return "oneDNN \(version.0).\(version.1).\(version.2)"
    #else
      return "OpenBLAS (im2col)"
    #endif
  }()

  /// What the bits of results depend on beside the number of threads: libraries, their versions and the vectors they use.
  public static var arithmetic: String {
    "\(convolutionLibrary), OpenBLAS \(matrixLibraryVersion), vectors of \(vectorWidth)"
  }
}
