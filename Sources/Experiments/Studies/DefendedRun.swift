import Attack
import Data
import Encoders

/// A run whose answers are rounded, or noisy, before an auditor sees them.
struct DefendedRun: SplitSource {
  let run: Run
  let defence: AnswerDefence

  var path: String { run.path }
  var description: RunDescription { run.description }
  var split: SplitFile { run.split }
  var images: Images { run.images }
  var seed: UInt64? { run.seed }
  var usesCaptions: Bool { run.usesCaptions }

  func audited() throws -> any AuditedEncoder { DefendedEncoder(try run.audited(), defence) }

  /// That of the answers is not measured; that of the encoder is.
  func utility() throws -> EncoderRecord.Utility? { try run.utility() }
}
