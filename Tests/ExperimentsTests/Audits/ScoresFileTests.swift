import Data
import Attack
import Experiments
import Testing

@Suite struct ScoresFileTests {
  @Test("there is a line for each input with each attack's score and decision")
  func lines() throws {
    let v = try MembershipScores(MembershipGroups(members: [1.5, -1], nonmembers: [0.25]), threshold: 0)
    let t = try MembershipScores(MembershipGroups(members: [0.9, 0.8], nonmembers: [0.5]), threshold: 0.8)
    let text = ScoresFile.text(
      inputs: MembershipGroups(members: ["a.png", "b,1.png"], nonmembers: ["c \"x\".png"]),
      attacks: [("V", v), ("T", t)])
    #expect(
      text == """
        input,group,V score,V decision,T score,T decision
        a.png,member,1.5,member,0.9,member
        "b,1.png",member,-1.0,nonmember,0.8,member
        "c ""x"".png",nonmember,0.25,member,0.5,nonmember

        """)
  }
}
