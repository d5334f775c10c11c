import Attack
import Contrastive

/// A part of a trial that takes its time.
public enum TrialStep: Sendable, Equatable {
  /// The pre-training of one of the two encoders.
  case pretraining(AuditGroup)
  /// The audit of the target.
  case audit
}

/// What an experiment, an attack or a pre-training tells while it goes on.
public enum ExperimentEvent: Sendable {
  /// A step of the trial of that name begins.
  case began(trial: String, TrialStep)
  /// Such a step ends, by an error or an interruption too.
  case ended(trial: String, TrialStep)
  /// A pre-training goes on.
  case pretraining(PretrainingEvent)
  /// What an attack is doing, in a few words.
  case doing(String)
  /// What an audit is doing.
  case audit(AuditEvent)
  /// A level of knowledge is left out, for a reason.
  case leftOut(CaptionKnowledge, String)
  /// Two runs, by their folders, have no checkpoint of the same epoch, so only their ends are compared.
  case noCommonCheckpoint(target: String, shadow: String)
}
