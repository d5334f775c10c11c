import Foundation

/// Images a second, as a mean that forgets what is some seconds old.
struct RateMeter {
  private var since = ContinuousClock.now
  private var images = 0.0
  private var seconds = 0.0

  mutating func count(_ count: Int) {
    let now = ContinuousClock.now
    let elapsed = (now - since) / .seconds(1)
    let kept = pow(0.5, elapsed / 5)
    images = images * kept + Double(count)
    seconds = seconds * kept + elapsed
    since = now
  }

  var perSecond: Double { seconds > 0 ? images / seconds : 0 }
}
