// swift-tools-version: 6.2
import PackageDescription

// AVX2 and FMA are what the vector kernels are written for; the flag reaches Swift's own code generation.
#if arch(x86_64)
  let instructionSet = ["-Xcc", "-march=x86-64-v3"]
#else
  let instructionSet: [String] = []
#endif

// Numeric code built without optimisation is some hundred times slower, so it is optimised in debug builds too.
let numeric: [SwiftSetting] = [
  .unsafeFlags(instructionSet),
  .unsafeFlags(["-O"], .when(configuration: .debug)),
]

let package = Package(
  name: "EncoderMI",
  products: [
    .executable(name: "encodermi", targets: ["encodermi"]),
    .library(
      name: "EncoderMI",
      targets: ["Vision", "Text", "Data", "Contrastive", "Encoders", "Attack", "Experiments", "Report"]),
  ],
  traits: [
    .trait(name: "oneDNN", description: "Convolutions on oneDNN; without it they run on OpenBLAS alone."),
    .default(enabledTraits: ["oneDNN"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .target(name: "CDNNL", linkerSettings: [.linkedLibrary("dnnl")]),
    .systemLibrary(name: "COpenMP", providers: [.apt(["libgcc-12-dev"])]),
    // Debug builds too: see above. Which instructions its kernels are made of stands in its source.
    .target(name: "CWinograd", cSettings: [.unsafeFlags(["-O3"], .when(configuration: .debug))]),
    // MPI is opened when processes were started by its launcher; a build needs nothing of it.
    .target(name: "CMPI", linkerSettings: [.linkedLibrary("dl")]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .target(name: "CJPEG", linkerSettings: [.linkedLibrary("jpeg")]),
    .target(
      name: "CICU",
      linkerSettings: [.linkedLibrary("icuuc"), .linkedLibrary("icui18n"), .linkedLibrary("icudata")]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),

    .target(
      name: "Kernels",
      dependencies: [
        "COpenBLAS", "COpenMP", "CWinograd", "CMPI",
        .target(name: "CDNNL", condition: .when(traits: ["oneDNN"])),
      ],
      swiftSettings: numeric),
    .target(name: "Autodiff", dependencies: ["Kernels"], swiftSettings: numeric),
    .target(name: "Files", dependencies: ["CCrypto", "CZlib"], swiftSettings: numeric),
    .target(name: "Networks", dependencies: ["Files", "Kernels", "Autodiff"], swiftSettings: numeric),
    .target(
      name: "Vision", dependencies: ["Files", "Kernels", "Autodiff", "Networks", "CPNG", "CJPEG"],
      swiftSettings: numeric),
    .target(
      name: "Text", dependencies: ["Files", "Kernels", "Autodiff", "Networks", "CICU"],
      swiftSettings: numeric),
    .target(
      name: "Data", dependencies: ["Files", "Kernels", "Networks", "Vision", "Text"], swiftSettings: numeric),
    .target(
      name: "Contrastive",
      dependencies: ["Files", "Kernels", "Autodiff", "Networks", "Vision", "Text", "Data"],
      swiftSettings: numeric),
    .target(
      name: "Encoders",
      dependencies: ["Files", "Kernels", "Autodiff", "Networks", "Vision", "Text", "Data", "Contrastive"],
      swiftSettings: numeric),
    .target(
      name: "Attack",
      dependencies: [
        "Files", "Kernels", "Autodiff", "Networks", "Vision", "Text", "Data", "Contrastive", "Encoders",
      ],
      swiftSettings: numeric),
    .target(
      name: "Experiments",
      dependencies: [
        "Files", "Kernels", "Networks", "Vision", "Text", "Data", "Contrastive", "Encoders", "Attack",
      ],
      swiftSettings: numeric),
    .target(
      name: "Report", dependencies: ["Files", "Vision", "Data", "Attack", "Experiments"],
      swiftSettings: numeric),
    .executableTarget(
      name: "encodermi",
      dependencies: [
        "Files", "Kernels", "Autodiff", "Networks", "Vision", "Text", "Data", "Contrastive", "Encoders",
        "Attack", "Experiments", "Report",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: numeric),

    .target(
      name: "TestSupport", dependencies: ["Files", "Kernels", "Networks", "Vision", "Text"],
      path: "Tests/Support", swiftSettings: numeric),
    .testTarget(
      name: "FilesTests", dependencies: ["Files", "Networks", "TestSupport"], swiftSettings: numeric),
    .testTarget(
      name: "KernelsTests", dependencies: ["Files", "Kernels", "Networks", "TestSupport"],
      swiftSettings: numeric),
    .testTarget(
      name: "AutodiffTests", dependencies: ["Kernels", "Autodiff", "Networks", "TestSupport"],
      swiftSettings: numeric),
    .testTarget(
      name: "NetworksTests", dependencies: ["Files", "Kernels", "Autodiff", "Networks", "TestSupport"],
      swiftSettings: numeric),
    .testTarget(
      name: "VisionTests",
      dependencies: ["Files", "Kernels", "Autodiff", "Networks", "Vision", "TestSupport"],
      swiftSettings: numeric),
    .testTarget(
      name: "TextTests",
      dependencies: ["Files", "Kernels", "Autodiff", "Networks", "Text", "TestSupport"],
      swiftSettings: numeric),
    .testTarget(
      name: "DataTests",
      dependencies: ["Files", "Kernels", "Networks", "Vision", "Text", "Data", "TestSupport"],
      swiftSettings: numeric),
    .testTarget(
      name: "ContrastiveTests",
      dependencies: [
        "Files", "Kernels", "Autodiff", "Networks", "Vision", "Text", "Data", "Contrastive", "TestSupport",
      ],
      swiftSettings: numeric),
    .testTarget(
      name: "EncodersTests",
      dependencies: [
        "Files", "Kernels", "Autodiff", "Networks", "Vision", "Text", "Data", "Contrastive", "Encoders",
        "TestSupport",
      ],
      swiftSettings: numeric),
    .testTarget(
      name: "AttackTests",
      dependencies: [
        "Files", "Kernels", "Autodiff", "Networks", "Vision", "Text", "Data", "Contrastive", "Encoders",
        "Attack", "TestSupport",
      ],
      swiftSettings: numeric),
    .testTarget(
      name: "ExperimentsTests",
      dependencies: [
        "Files", "Kernels", "Networks", "Vision", "Text", "Data", "Contrastive", "Encoders", "Attack",
        "Experiments", "Report", "TestSupport",
      ],
      swiftSettings: numeric),
    .testTarget(
      name: "ReportTests",
      dependencies: ["Files", "Data", "Encoders", "Attack", "Experiments", "Report", "TestSupport"]),
    .testTarget(
      name: "encodermiTests",
      dependencies: [
        "encodermi", "Files", "Networks", "Vision", "Text", "Data", "Contrastive", "Attack", "Experiments",
        "Report", "TestSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: numeric),
  ],
  swiftLanguageModes: [.v6]
)

// For a check of the kernels without oneDNN, which need not compile what stands above them.
if Context.environment["ENCODERMI_KERNELS_ONLY"] != nil {
  let kept = [
    "COpenBLAS", "CDNNL", "COpenMP", "CWinograd", "CMPI", "CPNG", "CJPEG", "CICU", "CZlib", "CCrypto",
    "Files", "Kernels", "Autodiff", "Networks", "Vision", "Text", "KernelsTests", "TestSupport",
  ]
  package.targets.removeAll { !kept.contains($0.name) }
  package.products = []
  package.dependencies = []
}
