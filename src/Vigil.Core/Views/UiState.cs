using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Vigil.Monitoring;

namespace Vigil.Views;

/// <summary><c>ui_state.json</c>: a run's settings and how it stands, as FluxGym keeps them to fill its form again.</summary>
public static class UiState
{
    private const string ResumedFrom = "resume_from_checkpoint";
    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n", SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>By it a file of ours is known.</summary>
    public const string Writer = "\"written_by\": \"vigil\"";

    /// <param name="form">The settings, a JSON object.</param>
    public static string Of(string form, RunRecord run)
    {
        using var settings = JsonDocument.Parse(form);
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var writer = new Utf8JsonWriter(buffer, Indented))
        {
            writer.WriteStartObject();
            foreach (var setting in settings.RootElement.EnumerateObject())
                if (setting.Name != ResumedFrom) setting.WriteTo(writer);
            writer.WriteString(ResumedFrom, run.LastAttempt?.From ?? "");
            writer.WritePropertyName("timestamp");
            writer.WriteRawValue(Seconds(run.Attempts.IsEmpty ? run.Changed : run.Attempts[0].Requested));
            WriteStanding(run, writer);
            writer.WriteString("written_by", "vigil");
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    /// <summary>FluxGym knows four words.</summary>
    private static void WriteStanding(RunRecord run, Utf8JsonWriter writer)
    {
        var word = RunWords.State(run);
        writer.WriteString("status", run.State switch { RunState.Finished { Outcome: Outcome.Completed } => "completed", RunState.Finished => "failed", RunState.Running => "running", _ => "starting" });
        if (run.State is not RunState.Finished finished) return;
        if (finished.Outcome is not Outcome.Completed)
        {
            writer.WriteString("error", Spec.Secrets.MaskText(finished.Reason is { } reason ? $"{word.Replace('_', ' ')}: {reason}" : word.Replace('_', ' ')));
            return;
        }
        writer.WritePropertyName("completed_at");
        writer.WriteRawValue(Seconds(run.LastAttempt?.Ended ?? run.Changed));
    }

    /// <summary>As Python's <c>time.time()</c> gives it.</summary>
    private static string Seconds(DateTimeOffset at) => (at.ToUnixTimeMilliseconds() / 1000m).ToString("0.0##", CultureInfo.InvariantCulture);
}
