using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Vigil.Logs;
using Vigil.Spec;

namespace Vigil.Core.Tests.Logs.Matching;

/// <summary>What the matcher finds is what a loop over all lines and all patterns finds.</summary>
public sealed class MatchingLaws
{
    private sealed record Hit(int Pattern, long Offset, string Line, long Dropped);

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3)]
    public void The_hits_are_those_of_every_pattern_asked_about_every_line_on_any_chunking(int seed)
    {
        var random = new RandomPatterns(seed);
        var hits = 0;
        for (var round = 0; round < 4; round++)
        {
            var patterns = random.Patterns(random.Next(30) + 1);
            var set = PatternSet.Of(patterns);
            Regex[] regexes = [.. patterns.Select(PatternText.Compile)];
            for (var i = 0; i < 8; i++)
            {
                var log = random.Log();
                var (start, at) = (random.Next(1000), random.Next(4) == 0 ? LineStart.Anywhere : LineStart.Line);
                var expected = Naive(log, patterns, regexes, start, at);
                hits += expected.Count;
                Same(expected, Scanned(set, log, [], new LogScanner(set, start, at)), patterns, log);
                Same(expected, Scanned(set, log, random.Pieces(), new LogScanner(set, start, at)), patterns, log);
                Same(expected, Scanned(set, log, random.Pieces(), new LogScanner(set, start, at), new RunProgress()), patterns, log);
            }
        }
        Assert.True(hits > 200, $"only {hits} hits: nothing was compared");
    }

    [Theory]
    [InlineData(11), InlineData(12)]
    public void Large_blocks_of_many_lines_give_the_same_hits_whatever_the_plan_was_made_from(int seed)
    {
        var random = new RandomPatterns(seed);
        var patterns = random.Patterns(100);
        var set = PatternSet.Of(patterns);
        byte[] log = [.. Enumerable.Range(0, 40).SelectMany(_ => random.Log())];
        var expected = Naive(log, patterns, [.. patterns.Select(PatternText.Compile)], 0, LineStart.Line);
        for (var i = 0; i < 3; i++) Same(expected, Scanned(set, log, random.Pieces(), new LogScanner(set)), patterns, log);
    }

    [Theory]
    [InlineData(21), InlineData(22)]
    public void A_line_at_hand_is_matched_by_the_same_patterns(int seed)
    {
        var random = new RandomPatterns(seed);
        for (var round = 0; round < 4; round++)
        {
            var patterns = random.Patterns(20);
            var set = PatternSet.Of(patterns);
            Regex[] regexes = [.. patterns.Select(PatternText.Compile)];
            foreach (var line in LogReading.Lines(random.Log()))
            {
                var bytes = Convert.FromHexString(line.Text);
                List<int> found = [];
                set.Match(bytes, found);
                Assert.Equal(Enumerable.Range(0, patterns.Length).Where(p => Matches(patterns[p], regexes[p], bytes)), found);
            }
        }
    }

    /// <summary>They come from an engine that is made at once, and must be those of the one that decides.</summary>
    [Theory]
    [InlineData(41), InlineData(42)]
    public void The_groups_of_a_line_are_those_of_the_engine_whose_time_is_bound(int seed)
    {
        var random = new RandomPatterns(seed);
        var groups = 0;
        for (var round = 0; round < 6; round++)
        {
            var patterns = random.Patterns(20);
            var set = PatternSet.Of(patterns);
            Regex[] regexes = [.. patterns.Select(PatternText.Compile)];
            foreach (var line in LogReading.Lines(random.Log()).Where(static l => l.Text.Length < 2_000))
            {
                var bytes = Convert.FromHexString(line.Text);
                for (var p = 0; p < patterns.Length; p++)
                    if (patterns[p].Kind is PatternKind.Regex && regexes[p].Match(Encoding.UTF8.GetString(bytes)) is { Success: true } match)
                    {
                        var named = set.Groups(p, bytes);
                        groups += named.Count;
                        Assert.True(named["match"] == match.Value, $"{patterns[p]} on {line.Text}: '{named["match"]}', not '{match.Value}'");
                        var names = PatternText.Groups(patterns[p]);
                        for (var i = 0; i < names.Length; i++)
                        {
                            var (known, number) = (match.Groups[names[i]], (i + 1).ToString(CultureInfo.InvariantCulture));
                            Assert.True((known.Success ? known.Value : null) == named.GetValueOrDefault(number), $"group {number} of {patterns[p]} on '{Encoding.UTF8.GetString(bytes)}': '{named.GetValueOrDefault(number)}', not '{known.Value}'");
                        }
                    }
            }
        }
        Assert.True(groups > 80, $"only {groups} groups: nothing was compared");
    }

    [Fact]
    public void A_line_that_keeps_the_quick_engine_busy_is_given_to_the_other_one()
    {
        var set = PatternSet.Of([new(PatternKind.Regex, "^(a*a*a*a*a*a*a*a*a*b)(c)$|^(a+)x")]);
        var line = Encoding.UTF8.GetBytes(new string('a', 400) + "x");
        Assert.Equal(new string('a', 400), set.Groups(0, line)["3"]);
        Assert.Equal(new string('a', 400), set.Groups(0, line)["3"]);
    }

    [Fact]
    public void Reading_taken_up_again_at_the_cursor_misses_and_repeats_no_hit()
    {
        var random = new RandomPatterns(31);
        for (var round = 0; round < 6; round++)
        {
            var set = PatternSet.Of(random.Patterns(10));
            var log = random.Log();
            var stop = random.Next(log.Length + 1);
            var first = new LogScanner(set);
            var hits = Scanned(set, log[..stop], random.Pieces(), first);
            Assert.Equal(stop, first.Position);
            hits.AddRange(Scanned(set, log[(int)first.Cursor..], random.Pieces(), new LogScanner(set, first.Cursor)));
            Assert.Equal(Scanned(set, log, [], new LogScanner(set)), hits);
        }
    }

    private static void Same(List<Hit> expected, List<Hit> actual, ImmutableArray<LinePattern> patterns, byte[] log)
    {
        if (expected.SequenceEqual(actual)) return;
        var odd = expected.Except(actual).Concat(actual.Except(expected)).FirstOrDefault();
        Assert.Fail($"{expected.Count} hits expected, {actual.Count} found; the first odd one: {odd}\npattern {(odd is null ? "" : patterns[odd.Pattern])}\nlog of {log.Length} bytes");
    }

    private static List<Hit> Naive(byte[] log, ImmutableArray<LinePattern> patterns, Regex[] regexes, long start, LineStart at)
    {
        List<Hit> hits = [];
        foreach (var line in new LogLines(start, at).Cut(log))
            for (var p = 0; p < patterns.Length; p++)
                if (Matches(patterns[p], regexes[p], line.Bytes)) hits.Add(Told(p, line));
        return hits;
    }

    private static bool Matches(LinePattern pattern, Regex regex, ReadOnlySpan<byte> line) =>
        pattern.Kind is PatternKind.Substring ? line.IndexOf(Encoding.UTF8.GetBytes(pattern.Text)) >= 0 : regex.IsMatch(Encoding.UTF8.GetString(line));

    private static Hit Told(int pattern, LogLine line) => new(pattern, line.Offset, Convert.ToHexString(line.Bytes), line.Dropped);

    private static List<Hit> Scanned(PatternSet set, byte[] log, IEnumerable<int> sizes, LogScanner scanner, RunProgress? progress = null)
    {
        List<Hit> hits = [];
        var at = 0;
        foreach (var size in sizes.Append(log.Length))
        {
            var length = Math.Min(size, log.Length - at);
            // A piece of its own: nothing may look beyond its end.
            foreach (var hit in scanner.Scan(log.AsSpan(at, length).ToArray(), progress)) hits.Add(Told(hit.Pattern, hit.Line));
            at += length;
        }
        return hits;
    }
}
