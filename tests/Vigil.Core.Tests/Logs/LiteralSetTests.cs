using FsCheck;
using FsCheck.Fluent;
using Vigil.Logs;
using static Vigil.Core.Tests.Logs.LogReading;

namespace Vigil.Core.Tests.Logs;

public sealed class LiteralSetTests
{
    private static readonly Gen<string> Text = Gen.Elements("ab", "abc", "ba", "step", "steps:", "it", "iter", "iteration", "%|", "é", "xx", "aaaa").ListOf().Select(static s => string.Concat(s));

    [Fact]
    public void The_first_place_and_the_longest_text_there_are_found_as_a_plain_search_finds_them() =>
        Prop.ForAll(Arb.From(Text), Arb.From(Gen.Elements("ab", "abc", "step", "steps:", "iter", "iteration", "%|", "é", "aa", "aaab", "zz").ListOf()), static (text, literals) =>
        {
            var wanted = literals.Distinct().Select(Bytes).ToArray();
            var (set, line) = (new LiteralSet([.. wanted]), Bytes(text));
            List<(int, int)> found = [], naive = [];
            for (var from = 0; set.TryFind(line, from, out var at, out var literal); from = at + 1) found.Add((at, literal));
            for (var at = 0; at < line.Length; at++)
            {
                var best = Enumerable.Range(0, wanted.Length).Where(i => line.AsSpan(at).StartsWith(wanted[i])).OrderByDescending(i => wanted[i].Length).Cast<int?>().FirstOrDefault();
                if (best is { } literal) naive.Add((at, literal));
            }
            Assert.Equal(naive, found);
        }).QuickCheckThrowOnFailure();
}
