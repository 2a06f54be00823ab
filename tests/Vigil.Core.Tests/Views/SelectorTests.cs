using Vigil.Core.Tests.Monitoring;
using Vigil.Monitoring;
using Vigil.Planning;
using Vigil.Views;

namespace Vigil.Core.Tests.Views;

public sealed class SelectorTests
{
    private static readonly RunRecord[] Runs =
    [
        Record("lr3e-4_stable", "stable", "3e-4", new RunState.Finished(Outcome.Completed, null)),
        Record("lr3e-4_cooldown", "cooldown", "3e-4", new RunState.Finished(Outcome.Failed, "TIMEOUT")),
        Record("lr1e-3_stable", "stable", "0.001", new RunState.Running(Some.Attempt("x"), new JobId("1"))),
        Record("lr1e-3_cooldown", "cooldown", "0.001", new RunState.Waiting(null)),
    ];

    [Theory]
    [InlineData("lr3e-4_stable", "0")]
    [InlineData("lr3e-4", "01")]                        // a sweep point
    [InlineData("lr3e", "")]                            // a plain name is whole
    [InlineData("*_stable", "02")]                      // '*' stands for anything
    [InlineData("*", "0123")]
    [InlineData("lr3e-4_stable lr1e-3_cooldown", "03")] // one of the names
    [InlineData("lr3e-4 lr1e-3 state=failed", "1")]     // one of the names, and every filter
    [InlineData("name~lr3e-4", "01")]
    [InlineData("name=lr1e-3_stable", "2")]
    [InlineData("name!=lr1e-3_stable", "013")]
    [InlineData("state=failed", "1")]
    [InlineData("state!=failed", "023")]
    [InlineData("stage=cooldown lr<1e-3", "1")]
    [InlineData("stage=cooldown lr<=1e-3", "13")]
    [InlineData("lr>=1e-3", "23")]
    [InlineData("lr>3.0e-4", "23")]
    [InlineData("lr=1e-3", "23")]                       // the same number as 0.001
    [InlineData("optim.lr=1e-3", "23")]
    [InlineData("reason=TIMEOUT", "1")]
    [InlineData("reason~TIME", "1")]
    [InlineData("attempt=0", "0123")]
    [InlineData("attempt>0", "")]
    [InlineData("nothing=1", "")]
    [InlineData("lr<many", "")]
    [InlineData("state=", "")]
    [InlineData("state=failed state=completed", "")]    // all terms must hold
    [InlineData("STATE=failed", "")]
    [InlineData("'; rm -rf / #", "")]
    [InlineData("$(reboot)", "")]
    [InlineData(".*", "")]
    [InlineData("name~.*", "")]                         // no regular expression
    [InlineData("name~", "0123")]
    [InlineData("state=failed\n", "")]
    [InlineData("\0", "")]
    [InlineData("lr=\u0663", "")]
    public void A_selector_picks_the_runs_for_which_all_its_terms_hold(string text, string picked)
    {
        var selector = Selector.TryParse([text], out var problem);
        Assert.Null(problem);
        Assert.Equal(picked, string.Concat(Runs.Select((r, i) => selector!.Matches(r) ? $"{i}" : "")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("=failed")]
    [InlineData("state=failed <3")]
    public void What_is_no_selector_is_said(string text)
    {
        Assert.Null(Selector.TryParse([text], out var problem));
        Assert.NotEmpty(problem!);
    }

    [Fact]
    public void Words_may_come_one_by_one_or_together()
    {
        Assert.True(Selector.TryParse(["stage=cooldown", "lr<1e-3"], out _)!.Matches(Runs[1]));
        Assert.False(Selector.TryParse(["stage=cooldown", "lr<1e-3"], out _)!.Matches(Runs[0]));
    }

    [Fact]
    public void A_run_that_is_only_planned_has_no_state()
    {
        Assert.False(Selector.TryParse(["state=waiting"], out _)!.Matches(Runs[3].Plan));
        Assert.True(Selector.TryParse(["stage=cooldown lr>3e-4"], out _)!.Matches(Runs[3].Plan));
    }

    [Fact]
    public void Very_long_text_is_read_at_once()
    {
        var selector = Selector.TryParse([new string('a', 1 << 20) + new string('<', 1 << 20)], out var problem);
        Assert.True(selector is not null || problem is not null);
    }

    private static RunRecord Record(string name, string stage, string lr, RunState state) => new()
    {
        Plan = Some.Run(name, stage: stage) with { Overrides = [new Coordinate("optim.lr", lr)] },
        State = state,
        AllowedAttempts = 3,
    };
}
