using System.Collections.Immutable;
using Vigil.Planning;

namespace Vigil.Core.Tests.Planning;

public sealed class DeviationTests
{
    private static ImmutableArray<Deviation> Between(string before, string after, string keys, params Deviation[] known) => Deviations.Between(before, after, keys.Split(' '), [.. known]);

    [Theory]
    [InlineData("""{"a": {"b": 16, "c": 1}}""", """{"a": {"b": 8, "c": 2}}""", "a.b a.c", "b 16 → 8, c 1 → 2")]
    [InlineData("""{"a": {"b": 16}}""", """{"a": {"b": 16}}""", "a.b", "")]
    [InlineData("""{"a": {}}""", """{"a": {"b": "x"}}""", "a.b", "b (none) → x")]
    [InlineData("""{"a": {"b": [1]}}""", """{}""", "a.b", "b [1] → (none)")]
    [InlineData("""{"o": {"lr": 1, "n": {"k": true}}}""", """{"o": {"lr": 2, "n": {"k": false}}}""", "o", "lr 1 → 2, k true → false")]
    [InlineData("""{"x": {"lr": 1}, "y": {"lr": 1}}""", """{"x": {"lr": 2}, "y": {"lr": 3}}""", "x y.lr", "x.lr 1 → 2, y.lr 1 → 3")]
    [InlineData("""{"a": [{"c": 1}, {"c": 1}]}""", """{"a": [{"c": 1}, {"c": 2}]}""", "a.1.c", "c 1 → 2")]
    [InlineData("""{"a": [{"c": 1}]}""", """{"a": [{"c": 2}]}""", "a", "c 1 → 2")]
    [InlineData("""{"a": {"sizes": [16, 8]}}""", """{"a": {"sizes": [8, 8]}}""", "a.sizes.0", "sizes.0 16 → 8")]
    [InlineData("""{"a": {"sizes": [16, 8]}}""", """{"a": {"sizes": [8, 8]}}""", "a.sizes", "sizes.0 16 → 8")]
    [InlineData("""{"a": {"sizes": [16]}}""", """{"a": {"sizes": [8, 8]}}""", "a.sizes", "sizes [16] → [8, 8]")]
    [InlineData("""{"a": [1]}""", """{"a": [1]}""", "a.7", "")]
    public void A_deviation_tells_what_was_planned_and_what_is(string before, string after, string keys, string text) => Assert.Equal(text, Deviations.Text(Between(before, after, keys)));

    [Fact]
    public void A_second_change_is_told_from_the_plan_on() =>
        Assert.Equal("b 16 → 4", Deviations.Text(Between("""{"b": 8}""", """{"b": 4}""", "b", new Deviation("b", "16", "8"))));

    [Fact]
    public void What_is_set_back_deviates_no_more() => Assert.Empty(Between("""{"b": 8}""", """{"b": 16}""", "b", new Deviation("b", "16", "8")));

    [Fact]
    public void A_list_that_was_told_whole_is_told_whole_when_one_of_its_items_changes() =>
        Assert.Equal("b [16] → [8, 4]", Deviations.Text(Between("""{"b": [8, 8]}""", """{"b": [8, 4]}""", "b.1", new Deviation("b", "[16]", "[8, 8]"))));

    [Fact]
    public void An_item_that_its_list_sets_back_deviates_no_more() =>
        Assert.Empty(Between("""{"b": [8, 1]}""", """{"b": [16, 1]}""", "b", new Deviation("b.0", "16", "8")));

    [Fact]
    public void What_was_changed_before_stays_told() =>
        Assert.Equal("b 16 → 8, c 1 → 2", Deviations.Text(Between("""{"b": 8, "c": 1}""", """{"b": 8, "c": 2}""", "c", new Deviation("b", "16", "8"))));
}
