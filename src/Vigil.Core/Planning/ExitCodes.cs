using System.Collections.Immutable;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>
/// What the code of a command that ended by itself says. One rule for who decides on attempts, and for the script of a link of a chain,
/// which begins before anybody has decided.
/// </summary>
internal static class ExitCodes
{
    /// <summary>Bash's own for a command that it cannot run: not executable, not found.</summary>
    public static ImmutableArray<int> OfUserErrors { get; } = [126, 127];

    /// <summary>The codes after which the links behind have nothing to do; null: every code but 0.</summary>
    public static ImmutableArray<int>? EndingChain(PlannedRun run) =>
        // A command that is warned before its limit may end with any code, and has more to do all the same.
        run.Restart.Causes.Contains(FailureCause.Crash) || run.Slurm?.Option("signal") is not null ? OfUserErrors : null;

    /// <summary>Whether a link that ended so failed by itself, and would only fail again.</summary>
    /// <param name="signal">What ended the command, or told it to end; null: nothing did.</param>
    public static bool EndChain(PlannedRun run, int? code, int? signal) =>
        code is { } own and not 0 && signal is null && (EndingChain(run) is not { } ending || ending.Contains(own));
}
