import Foundation
import Testing

@testable import KVStore

@Suite("Moments")
struct TimestampTests {
    @Test("The text of one is that of Foundation's date")
    func text() {
        var random = SeededRandom(test: "moments")
        var seconds: [Int64] = [
            0, -1, 1, 951_782_399, 951_782_400, 951_868_800, 4_107_542_400, -2_203_891_200, -9_223_372_036,
        ]
        seconds += (0..<5000).map { _ in Int64.random(in: -9_223_372_036...9_223_372_036, using: &random) }
        for count in seconds {
            let date = Date(timeIntervalSince1970: Double(count))
            #expect(Timestamp(seconds: count).description == date.formatted(.iso8601))
        }
        #expect(Timestamp(nanoseconds: 1).description == "1970-01-01T00:00:00.000000001Z")
        #expect(Timestamp(nanoseconds: -1).description == "1969-12-31T23:59:59.999999999Z")
        #expect(Timestamp(nanoseconds: .min).description == "1677-09-21T00:12:43.145224192Z")
        #expect(Timestamp(nanoseconds: .max).description == "2262-04-11T23:47:16.854775807Z")
    }

    @Test("What lies beyond the first and the last is the first and the last")
    func limits() {
        let (first, last) = (Timestamp(nanoseconds: .min), Timestamp(nanoseconds: .max))
        #expect(Timestamp(seconds: .min) == first)
        #expect(Timestamp(seconds: .max) == last)
        #expect(last + .nanoseconds(1) == last)
        #expect(first + .nanoseconds(-1) == first)
        #expect(Timestamp(seconds: 0) + .seconds(Int64.max) == last)
        #expect(Timestamp(seconds: 0) + .seconds(Int64.min) + .seconds(-1) == first)
        #expect(last - first == .nanoseconds(Int64.max) - .nanoseconds(Int64.min))
    }

    @Test("One is moved by a duration, and the difference is it")
    func arithmetic() {
        let moment = Timestamp(seconds: 1_700_000_000)
        for duration in [Duration.zero, .seconds(60), .seconds(-60), .nanoseconds(-7), .milliseconds(1500)] {
            #expect(moment + duration - moment == duration)
        }
        #expect(abs(Date().timeIntervalSince1970 - Double(Timestamp.now.nanoseconds) / 1e9) < 60)
    }
}
