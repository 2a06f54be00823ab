namespace Vigil.Cli;

/// <summary>What the shell is told at the end. Users' scripts rely on these numbers.</summary>
internal static class ExitCode
{
    /// <summary>For <c>run</c> and <c>watch</c>: every run completed, or was skipped on purpose.</summary>
    public const int Done = 0;

    /// <summary>Some run failed, was cancelled, was lost or needs a person.</summary>
    public const int RunsFailed = 1;

    /// <summary>The user's mistake: diagnostics were printed, nothing was changed.</summary>
    public const int UserMistake = 2;

    /// <summary>The scheduler is missing or does not answer.</summary>
    public const int NoScheduler = 3;

    /// <summary>Another monitor holds the experiment, or the plan conflicts with what it runs.</summary>
    public const int HeldElsewhere = 4;

    /// <summary>The folder is damaged or cannot be written; nothing was guessed.</summary>
    public const int BadFolder = 5;

    /// <summary>Vigil itself is wrong.</summary>
    public const int Bug = 70;

    /// <summary>Interrupted; jobs go on.</summary>
    public const int Interrupted = 130;
}
