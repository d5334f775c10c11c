import Files
import ArgumentParser
import Text
import Vision

/// An option of the command line and the settings that it decides.
struct OptionOrigin {
  /// As the user types it: `--views`.
  let option: String
  /// The ends of the paths of its settings: `views` is meant by `features.views` too.
  let settings: [String]
  /// Whether the user typed it.
  let isGiven: Bool

  init(_ option: String, _ settings: String..., isGiven: Bool = true) {
    (self.option, self.settings, self.isGiven) = (option, settings, isGiven)
  }

  fileprivate func decides(_ path: String) -> Bool {
    isGiven && settings.contains { path == $0 || path.hasSuffix("." + $0) }
  }
}

/// Says what is wrong with a setting as what is wrong with the options it came from, and ends as wrong usage does.
/// - Parameter body: applies options to settings that were in range, and checks them.
func namingOptions<Result>(_ origins: [OptionOrigin], _ body: () throws -> Result) throws -> Result {
  func failure(_ path: String, _ reason: String, _ whole: String) -> ValidationError {
    let options = origins.filter { $0.decides(path) }.map(\.option)
    return ValidationError(options.isEmpty ? whole : "\(options.joined(separator: ", ")): \(reason)")
  }
  do {
    return try body()
  } catch let error as InvalidSetting {
    throw failure(error.path, error.reason, error.description)
  } catch let error as ImageEncoderError {
    throw failure("encoder", error.description, error.description)
  } catch let error as TextEncoderError {
    throw failure("text", error.description, error.description)
  }
}

/// What is wrong with files and folders that were given for one another.
enum UsageError: ExplainedError {
  case otherAlgorithm(String?, found: String)

  var description: String {
    switch self {
    case .otherAlgorithm(let file, let found):
      "\(file ?? "the preset"): its algorithm is \(found); run `encodermi pretrain \(found)`, or leave the algorithm out"
    }
  }
}
