using Vigil.Views;

namespace Vigil.Core.Tests.Views;

/// <summary>The filter of the page.</summary>
public sealed class RunFilterTests
{
    private static readonly Dictionary<string, string> Facts = new() { ["state"] = "running", ["node"] = "n012", ["lr"] = "3e-4", ["loss"] = "2.05", ["age"] = "7300" };

    [Theory]
    [InlineData(""), InlineData("lr3e-4"), InlineData("STABLE"), InlineData("state:running"), InlineData("state=running"), InlineData("node:n01*"), InlineData("lr:0.0003"), InlineData("loss<2.1 loss>=2.05"), InlineData("age>2h"), InlineData("/lr\\d/"), InlineData("-state:failed"), InlineData("\"_sta\""), InlineData("-/xyz/")]
    public void It_holds(string filter) => Assert.True(Matches(filter));

    [Theory]
    [InlineData("cooldown"), InlineData("state:failed"), InlineData("-lr3e-4"), InlineData("loss>2.1"), InlineData("age>3h"), InlineData("nothing:x"), InlineData("state<3"), InlineData("/^STABLE/"), InlineData("lr3e-4 state:failed")]
    public void It_does_not_hold(string filter) => Assert.False(Matches(filter));

    [Theory]
    [InlineData("lr3 loss<x", 4), InlineData("/(a)\\1/", 0), InlineData("state:", 0), InlineData("-/(/", 1)]
    public void What_is_no_filter_says_where(string filter, int at)
    {
        Assert.Null(RunFilter.TryParse(filter, out var problem));
        Assert.Equal(at, problem!.Value.At);
        Assert.NotEqual("", problem.Value.Text);
    }

    private static bool Matches(string filter)
    {
        var read = RunFilter.TryParse(filter, out var problem);
        Assert.Null(problem);
        return read!.Matches(new("lr3e-4_stable sweep", key => Facts.GetValueOrDefault(key)));
    }
}
