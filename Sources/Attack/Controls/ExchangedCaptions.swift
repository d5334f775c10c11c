/// Which caption stands in for an input's own.
enum ExchangedCaptions {
  /// For an input the place of another text than its own: the next place's, or the first after it that differs.
  static func partner(of index: Int, in captions: [String], among others: [String]) -> Int {
    let own = captions[index]
    for step in 1...max(1, others.count) {
      let place = (index + step) % others.count
      if others[place] != own { return place }
    }
    return (index + 1) % others.count
  }
}
