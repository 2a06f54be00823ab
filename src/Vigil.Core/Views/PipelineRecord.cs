using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Vigil.Views;

/// <summary>The two logs of fine-tuning and evaluating.</summary>
public enum PipelineKind { Torchtune, Inspect }

/// <summary>One entry of <c>run-torchtune.log</c> or <c>run-inspect.log</c>, and one line of its twin in JSON.</summary>
/// <param name="Seq">The journal entry that it tells of; of a look at the clock the one before it.</param>
/// <param name="Subject">Null where there is none.</param>
/// <param name="Result">Null where there is none.</param>
public sealed record PipelineRecord(long Seq, DateTimeOffset At, string Action, string? Subject, string Details, string? Result)
{
    /// <summary>Null for what is no submission.</summary>
    public string? JobId { get; init; }

    /// <summary>Since the session began; null but at its end.</summary>
    public string? Duration { get; init; }

    /// <summary>The entry with the empty line behind it. What others wrote stays on one line: a line break in it must not look like another entry.</summary>
    public string Text()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"[{At:yyyy-MM-dd HH:mm:ss}] {Action}");
        if (Subject is not null) text.Append(": ").Append(Line(Subject));
        text.Append("\nDetails: ").Append(Line(Details)).Append('\n');
        if (Result is not null) text.Append("Result: ").Append(Line(Result)).Append('\n');
        if (JobId is not null) text.Append("Job ID: ").Append(Line(JobId)).Append('\n');
        if (Duration is not null) text.Append("Duration: ").Append(Duration).Append('\n');
        return text.Append('\n').ToString();
    }

    private static string Line(string text) => string.Create(text.Length, text, static (line, source) =>
    {
        for (var i = 0; i < line.Length; i++) line[i] = char.IsControl(source[i]) || source[i] is '\u2028' or '\u2029' ? ' ' : source[i];
    });
}
