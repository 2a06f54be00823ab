using Vigil.Configuration;
using Vigil.Planning;

namespace Vigil.Core.Tests.Planning;

/// <summary>Plans in one word.</summary>
internal static class Some
{
    public static Plan Plan(string yaml, params string[] overrides) => Planner.Plan(Request(yaml, overrides));

    public static PlanRequest Request(string yaml, params string[] overrides) =>
        new(new SourceFile("e.yaml", "/home/u/exp/e.yaml", yaml), [.. overrides], "/home/u", World);

    public static ConfigWorld World { get; } = new(static name => name == "HOME" ? "/home/u" : null, new(2026, 11, 22, 10, 20, 30, 456, TimeSpan.Zero));

    public static Plan Good(string yaml, params string[] overrides)
    {
        var plan = Plan(yaml, overrides);
        Assert.Empty(plan.Diagnostics);
        return plan;
    }

    public static Diagnostic Mistake(string yaml, params string[] overrides) => Assert.Single(Plan(yaml, overrides).Diagnostics);
}
