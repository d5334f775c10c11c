import Files

/// How the weakly supervised attack learns (Ko et al. 2023, section 4.3).
public struct WeakSupervision: Codable, Sendable, Equatable, Validated {
  /// How many standard deviations above the mean cosine of known nonmembers a pair must lie to be taken for a member
  /// while learning; 1.5.
  public var deviations: Double
  /// Widths of the hidden layers, ReLU; 512, 256, 128.
  public var hiddenWidths: [Int]
  /// Most passes over the examples; 15.
  public var epochs: Int
  /// Passes without a better loss on held-out examples after which learning ends; 3.
  public var patience: Int
  /// Examples a step; 32.
  public var batch: Int
  /// Adam's learning rate; 1e-3.
  public var learningRate: Double
  /// The share of examples that is held out, in (0, 0.5].
  public var heldOut: Double

  /// Settings of the attack.
  public init(
    deviations: Double = 1.5, hiddenWidths: [Int] = [512, 256, 128], epochs: Int = 15, patience: Int = 3,
    batch: Int = 32, learningRate: Double = 1e-3, heldOut: Double = 0.1
  ) {
    (self.deviations, self.hiddenWidths) = (deviations, hiddenWidths)
    (self.epochs, self.patience, self.batch) = (epochs, patience, batch)
    (self.learningRate, self.heldOut) = (learningRate, heldOut)
  }

  /// Checks the fields.
  /// - Throws: `InvalidSetting`.
  public func validate() throws(InvalidSetting) {
    try require(deviations.isFinite, "deviations", deviations, "a finite number")
    try require(
      !hiddenWidths.isEmpty && hiddenWidths.allSatisfy { (1...8192).contains($0) }, "hiddenWidths",
      hiddenWidths, "one or more widths of 1 to 8192")
    try require(epochs >= 1, "epochs", epochs, "1 or more")
    try require(patience >= 1, "patience", patience, "1 or more")
    try require(batch >= 1, "batch", batch, "1 or more")
    try require(learningRate > 0 && learningRate.isFinite, "learningRate", learningRate, "above 0")
    try require(heldOut > 0 && heldOut <= 0.5, "heldOut", heldOut, "above 0 and at most 0.5")
  }
}
