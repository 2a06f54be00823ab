using System.Text.RegularExpressions;

namespace Vigil.Logs;

/// <summary>How bad a line of a log looks, by the words that programs and schedulers begin their troubles with.</summary>
public static partial class LineSeverity
{
    /// <summary>What every error line holds one of, for those who look through whole files first.</summary>
    public const string Error =
        @"Traceback \(most recent call last\)|(?:^|[\s\[(|<:])(?:ERROR|FATAL|CRITICAL)(?:[\s\]):|>,]|$)|(?:^|[\s.])[A-Za-z]*(?:Error|Exception)(?::| \(|$)|(?:^|\s)error:|slurmstepd: error|out of memory|oom[_-]kill|Segmentation fault|CANCELLED AT|DUE TO TIME LIMIT|level=(?:error|fatal)|NCCL (?:WARN|error).*(?:timed out|failure)|(?:^|\s)Killed$|(?:loss|grad_norm)[""']?[:= ]+nan";

    public const string Warning = @"(?:^|[\s\[(|<:])(?:WARN|WARNING)(?:[\s\]):|>,]|$)|[A-Za-z]*Warning: |(?:^|\s)warning:|level=warn";

    public static bool IsError(string line) => ErrorForm.IsMatch(line);

    public static bool IsWarning(string line) => WarningForm.IsMatch(line);

    [GeneratedRegex(Error, RegexOptions.CultureInvariant)]
    private static partial Regex ErrorForm { get; }

    [GeneratedRegex(Warning, RegexOptions.CultureInvariant)]
    private static partial Regex WarningForm { get; }
}
