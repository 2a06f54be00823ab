using System.Collections.Immutable;
using Vigil.Platform;
using Vigil.Spec;

namespace Vigil.Monitor;

/// <summary>What git says of a folder: which commit, and what differs from it.</summary>
/// <param name="Commit">Null before the first commit, and without git.</param>
/// <param name="Branch">Null on no branch.</param>
/// <param name="Status">As <c>git status --porcelain</c>; secrets masked in names too.</param>
/// <param name="Diff">Of the folder against the commit, secrets masked.</param>
/// <param name="Problem">Why nothing or not all is known: no git, no repository, no answer in time.</param>
internal sealed record GitState(string? Commit, string? Branch, bool? Dirty, string? Status, string? Diff, bool DiffIsCut = false, string? Problem = null)
{
    private const int MostDiff = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // Nothing of the repository's own settings may start a program, ask a question or take a lock.
    private static readonly ImmutableArray<string> Git =
    [
        "env", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "GIT_PAGER=cat", "LC_ALL=C", "git", "--no-pager", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "color.ui=false",
        "-c", "core.quotePath=false", "-C",
    ];

    public static async Task<GitState> OfAsync(string folder, TimeProvider time, CancellationToken stop)
    {
        var git = new ProcessRunner(time) { MostOutput = MostDiff + 1 };
        Task<ProcessOutcome> Ask(params string[] words) => git.RunAsync([.. Git, folder, .. words], Patience, stop);
        var status = await Ask("status", "--porcelain", "--", ".");
        if (!status.Succeeded) return new(null, null, null, null, null, Problem: Why(status));
        var (asksCommit, asksBranch) = (Ask("rev-parse", "--verify", "--quiet", "HEAD"), Ask("symbolic-ref", "--short", "--quiet", "HEAD"));
        var asksDiff = Ask("diff", "--no-ext-diff", "--no-textconv", "--no-color", "HEAD", "--", ".");
        var (commit, branch, diff) = (await asksCommit, await asksBranch, await asksDiff);
        var cut = diff.Output.Length > MostDiff;
        var text = cut ? diff.Output[..MostDiff] : diff.Output;
        return new(
            commit.Succeeded ? commit.Output.Trim() : null, branch.Succeeded ? branch.Output.Trim() : null, status.Output.Length > 0, Secrets.MaskText(status.Output),
            diff.Succeeded ? Secrets.MaskText(text) : null, cut, commit.Succeeded ? diff.Succeeded ? null : Why(diff) : "there is no commit yet");
    }

    private static string Why(ProcessOutcome outcome) => outcome switch
    {
        { ExitCode: null, Errors: var reason } => reason.Replace("env ", "git ", StringComparison.Ordinal),
        { ExitCode: 127 } => "there is no git on PATH",
        { Errors: var text } when text.Contains("not a git repository", StringComparison.Ordinal) => "the folder is in no git repository",
        { ExitCode: var code, Errors: var text } => $"git exited {code}: {text.Trim()}",
    };
}
