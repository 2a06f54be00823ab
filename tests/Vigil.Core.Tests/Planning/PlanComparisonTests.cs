using Vigil.Planning;

namespace Vigil.Core.Tests.Planning;

public sealed class PlanComparisonTests
{
    private const string File = "backend: {command: 'x ${lr} {tag}'}\nlr: 0\ntag: t\nsweep: {params: {lr: [1, 2]}}";

    private static PlanComparison Compare(string from, string to, params string[] overrides)
    {
        var after = Some.Good(File.Replace(from, to, StringComparison.Ordinal), overrides);
        return PlanComparison.Of(Some.Good(File).Runs, after.Runs);
    }

    [Fact]
    public void The_same_file_is_an_equal_plan()
    {
        var same = Compare("[1, 2]", "[1, 2] ");
        Assert.Equal(2, same.Equal.Length);
        Assert.Empty(same.Changed);
        Assert.Empty(same.Added);
    }

    [Fact]
    public void New_points_are_added_and_the_others_stay_equal()
    {
        var grown = Compare("[1, 2]", "[0, 1, 2]");
        Assert.Equal(["lr1", "lr2"], grown.Equal.Select(static r => r.Id.Value));
        Assert.Equal(["lr0"], grown.Added.Select(static r => r.Id.Value));
        Assert.True(grown is { Vanished.IsEmpty: true, Changed.IsEmpty: true });
    }

    [Fact]
    public void Vanished_points_are_listed()
    {
        var shrunk = Compare("[1, 2]", "[2, 3]");
        Assert.Equal(["lr1"], shrunk.Vanished.Select(static r => r.Id.Value));
    }

    [Theory]
    [InlineData("'x ${lr}", "'y ${lr}", "command: x 1 {tag} → y 1 {tag}")]
    [InlineData("tag: t", "tag: u", "tag: t → u")]
    [InlineData("lr: 0", "lr: 0\njob: {env: {A: b}}", "env.A: (none) → b")]
    [InlineData("lr: 0", "lr: 0\nlocal: {gpus_per_run: 2, time: 90}", "gpus_per_run: 0 → 2; time: (none) → 01:30:00")]
    [InlineData("lr: 0", "lr: 0\njob: {restart: {max_attempts: 1}}", "restart: 3 attempts, 60 s, on Infrastructure → 1 attempts, 60 s, on Infrastructure")]
    public void A_changed_run_says_what_changed(string from, string to, string differences)
    {
        var change = Compare(from, to).Changed;
        Assert.Equal(["lr1", "lr2"], change.Select(static c => c.After.Id.Value));
        Assert.Equal(differences, string.Join("; ", change[0].Differences));
    }

    [Fact]
    public void A_key_that_only_the_frozen_config_shows_is_a_change_too() =>
        Assert.Equal("configuration", Assert.Single(Compare("lr: 0", "lr: 0\nextra: 1").Changed[0].Differences).Field);

    [Theory]
    [InlineData("lr: 0\nmonitoring: {rules: [{name: a, when: x, do: {log: seen}}]}")]
    [InlineData("lr: 0\njob: {inactivity_threshold_seconds: 60}")]
    [InlineData("lr: 0\ntermination_string: all done")]
    public void Runs_over_which_only_other_rules_watch_are_neither_changed_nor_equal(string to)
    {
        foreach (var compared in new[] { Compare("lr: 0", to), Back(to) })
        {
            Assert.Empty(compared.Changed);
            Assert.Empty(compared.Equal);
            Assert.Equal(["lr1", "lr2"], compared.Rewatched.Select(static r => r.Id.Value));
        }
    }

    [Fact]
    public void A_rule_and_a_setting_that_change_together_are_a_change() =>
        Assert.Equal("configuration", Assert.Single(Compare("lr: 0", "lr: 0\nextra: 1\nmonitoring: {rules: [{name: a, when: x, do: {log: seen}}]}").Changed[0].Differences).Field);

    [Fact]
    public void A_run_that_was_started_from_another_one_does_not_vanish()
    {
        var before = Some.Good(File).Runs;
        var branch = before[0] with { Id = new("lr1_cooldown"), Lineage = new(before[0].Id, "/c/iter_0000100", "user:ada") };
        Assert.Empty(PlanComparison.Of([.. before, branch], before).Vanished);
    }

    private static PlanComparison Back(string from) => PlanComparison.Of(Some.Good(File.Replace("lr: 0", from, StringComparison.Ordinal)).Runs, Some.Good(File).Runs);
}
