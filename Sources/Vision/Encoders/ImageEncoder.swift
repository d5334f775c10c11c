import Files
import Autodiff
import Kernels
import Networks

/// A network from images to embeddings.
public protocol ImageEncoder: Sendable {
  /// Values in an embedding.
  var embeddingWidth: Int { get }

  /// Embeddings `[batch, width]` of images `[batch, 3, height, width]`.
  func callAsFunction(_ images: Variable, _ pass: Pass) -> Variable
}

/// An architecture of ``ImageEncoder``s, known by a name.
public enum ImageArchitecture: String, Sendable, Codable, CaseIterable {
  /// ResNet-18 for small images (He et al. 2016).
  case resnet18
  /// VGG-11 with batch norm (Simonyan and Zisserman 2015).
  case vgg11
  /// Vision transformer (Dosovitskiy et al. 2021).
  case vit
}

/// An image encoder as a value: what is needed to build it anew or to find its parameters in a checkpoint.
public struct ImageEncoderConfiguration: Sendable, Codable, Equatable {
  /// The architecture.
  public var architecture: ImageArchitecture
  /// Channels of the first stage, 64 in the paper's encoders; of a vision transformer the values of a token.
  public var width: Int
  /// Stride of ResNet's first convolution: 1 for 32 px, 2 for 64 px, 4 where speed matters more than detail.
  public var stemStride: Int
  /// Side of the square input images in pixels: 32, 64 or 96 in the paper's data sets.
  public var imageSize: Int
  /// What a vision transformer has beside; nil for all other architectures.
  public var transformer: VisionTransformerConfiguration?

  /// An encoder by its parts.
  /// - Parameter transformer: of a vision transformer; nil for the usual one of six layers on patches of 4 pixels.
  public init(
    _ architecture: ImageArchitecture, width: Int = 64, stemStride: Int = 1, imageSize: Int = 32,
    transformer: VisionTransformerConfiguration? = nil
  ) {
    (self.architecture, self.width) = (architecture, width)
    (self.stemStride, self.imageSize) = (stemStride, imageSize)
    let usual = { VisionTransformerConfiguration(heads: Transformer.customaryHeads(width: max(1, width))) }
    self.transformer = architecture == .vit ? transformer ?? usual() : transformer
  }

  /// An encoder by name: `resnet18`, `vgg11-16`, `resnet18-32-stem4`, `vit-128x6-patch4`.
  /// - Throws: ``ImageEncoderError`` if the name says nothing.
  public init(name: String, imageSize: Int) throws {
    var parts = name.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    guard !parts.isEmpty, let architecture = ImageArchitecture(rawValue: parts.removeFirst()) else {
      throw ImageEncoderError.unknownName(name)
    }
    self.init(architecture, imageSize: imageSize)
    if architecture == .vit {
      try readTransformer(parts, name: name)
      try validate()
      return
    }
    if let first = parts.first, let width = Int(first) {
      self.width = width
      parts.removeFirst()
    }
    if let first = parts.first, first.hasPrefix("stem"), let stride = Int(first.dropFirst(4)),
      architecture == .resnet18
    {
      stemStride = stride
      parts.removeFirst()
    }
    guard parts.isEmpty else { throw ImageEncoderError.unknownName(name) }
    try validate()
  }

  /// Width, layers and the rest of a vision transformer's name.
  private mutating func readTransformer(_ parts: [String], name: String) throws {
    let sizes = parts.first?.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) } ?? []
    guard sizes.count == 2, let width = sizes[0], let layers = sizes[1],
      let read = VisionTransformerConfiguration(
        layers: layers, parts: Array(parts.dropFirst()), width: width)
    else { throw ImageEncoderError.unknownName(name) }
    (self.width, transformer) = (width, read)
  }

  /// The name that `init(name:imageSize:)` reads.
  public var name: String {
    if let transformer {
      return "\(architecture.rawValue)-\(width)x\(transformer.layers)" + transformer.suffix(width: width)
    }
    return "\(architecture.rawValue)-\(width)" + (stemStride == 1 ? "" : "-stem\(stemStride)")
  }

  /// - Throws: ``ImageEncoderError`` if a field is out of its range.
  public func validate() throws {
    func require(_ holds: Bool, _ what: String) throws {
      if !holds { throw ImageEncoderError.invalid(what) }
    }
    try require((1...1024).contains(width), "width \(width) is outside 1...1024")
    try require([1, 2, 4].contains(stemStride), "stem stride \(stemStride) is none of 1, 2, 4")
    try require((8...512).contains(imageSize), "image size \(imageSize) is outside 8...512")
    if architecture == .vgg11 {
      try require(stemStride == 1, "VGG-11 has no stem stride")
      try require(imageSize >= 32, "VGG-11 halves images five times: image size \(imageSize) is below 32")
    }
    if architecture == .vit {
      try require(stemStride == 1, "a vision transformer has no stem stride")
      guard let transformer else {
        throw ImageEncoderError.invalid("a vision transformer needs the key transformer")
      }
      try transformer.validate(width: width, imageSize: imageSize)
    } else {
      try require(
        transformer == nil, "transformer is for vision transformers, not for \(architecture.rawValue)")
    }
  }

  /// Builds the encoder, declaring its parameters with `builder`.
  /// - Throws: ``ParameterError`` if the builder's source lacks a parameter.
  public func build(_ builder: ParameterBuilder) throws -> any ImageEncoder {
    switch architecture {
    case .resnet18: return try ResNet18(builder, width: width, stemStride: stemStride)
    case .vgg11: return try VGG11(builder, width: width)
    case .vit:
      guard let transformer else {
        throw ImageEncoderError.invalid("a vision transformer needs the key transformer")
      }
      return try VisionTransformer(builder, width: width, imageSize: imageSize, transformer)
    }
  }
}

/// What is wrong with a described encoder.
public enum ImageEncoderError: Error, CustomStringConvertible {
  /// A name that describes no encoder.
  case unknownName(String)
  /// A field out of its range.
  case invalid(String)

  /// What was found and what to write instead.
  public var description: String {
    switch self {
    case .unknownName(let name):
      let known = ImageArchitecture.allCases.map(\.rawValue).joined(separator: ", ")
      return
        "no encoder is called '\(name)': write ARCHITECTURE[-WIDTH][-stemSTRIDE] with one of \(known), such as "
        + "resnet18-64 or resnet18-32-stem4, or vit-WIDTHxLAYERS[-patchSIDE], such as vit-128x6-patch4"
    case .invalid(let what): return "encoder: \(what)"
    }
  }
}
