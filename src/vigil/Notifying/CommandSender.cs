using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Vigil.Monitoring;
using Vigil.Platform;

namespace Vigil.Notifying;

/// <summary>Hands messages to a program, as JSON on its standard input.</summary>
internal sealed class CommandSender(TimeProvider time)
{
    private const int MostOutput = 2000;

    public async Task<SendOutcome> RunAsync(ImmutableArray<string> words, NotifyMessage message, TimeSpan limit, CancellationToken stop)
    {
        var runner = new ProcessRunner(time) { MostOutput = MostOutput, Input = Encoding.UTF8.GetString(NotifyJson.Whole(message).Span) };
        var end = await runner.RunAsync(words, limit, stop);
        if (end.Succeeded) return new SendOutcome.Sent($"{words[0]} took it");
        // What a program's exit code means nobody knows: perhaps it can do later what it could not do now.
        return end.ExitCode is { } code
            ? new SendOutcome.Refused(SafeText.Line(string.Create(CultureInfo.InvariantCulture, $"{words[0]} exited {code}: {end.Errors.Trim()}")), Retry.Later)
            : new SendOutcome.Refused(SafeText.Line(end.Errors), end.Errors.Contains(ProcessRunner.NotStarted, StringComparison.Ordinal) ? Retry.Never : Retry.Later);
    }
}
