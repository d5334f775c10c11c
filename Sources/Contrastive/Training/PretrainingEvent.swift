/// How a run ended.
public enum PretrainingOutcome: Sendable, Equatable {
  /// All epochs are done.
  case finished
  /// It was asked to stop; it can be resumed.
  case interrupted(epoch: Int)
}

/// What a run tells while it goes on.
public enum PretrainingEvent: Sendable {
  /// A step is done: steps so far, of how many, and the images a second over the last moments.
  case step(done: Int, of: Int, loss: Float, imagesPerSecond: Double)
  /// An epoch is done.
  case epoch(EpochRecord)
}
