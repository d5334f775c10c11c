internal import COpenBLAS

#if oneDNN
  internal import CDNNL
#endif

/// What the kernels need to know about the processor.
public enum Machine {
  /// Floats in the widest vector that the convolution library uses here: 16 with AVX-512, else 8.
  static let vectorWidth: Int = {
    #if oneDNN
      return dnnl_get_effective_cpu_isa().rawValue >= dnnl_cpu_isa_avx512_core.rawValue ? 16 : 8
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
      guard let version = dnnl_version()?.pointee else { return "oneDNN" }
      return "oneDNN \(version.major).\(version.minor).\(version.patch)"
    #else
      return "OpenBLAS (im2col)"
    #endif
  }()
}
