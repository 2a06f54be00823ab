using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Vigil.Configuration;
using Vigil.Planning;
using Vigil.Rendering;

namespace Vigil.Cli;

/// <summary>What <c>plan --json</c> prints, written run by run: ten thousand of them are megabytes.</summary>
internal sealed class PlanJson : IDisposable
{
    private const int Piece = 1 << 16;

    private readonly TextWriter _output;
    private readonly ArrayBufferWriter<byte> _bytes = new(2 * Piece);
    private readonly Utf8JsonWriter _json;

    private PlanJson(TextWriter output)
    {
        _output = output;
        _json = new(_bytes, new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    }

    /// <param name="plan">Null: it has errors, and they are the document.</param>
    /// <param name="against">Null: compared with nothing.</param>
    public static void Write(TextWriter output, Plan? plan, string? experiment, IEnumerable<Diagnostic> said, Against? against)
    {
        using var json = new PlanJson(output);
        json.Document(plan, experiment, said, against);
        output.WriteLine();
    }

    public void Dispose() => _json.Dispose();

    private void Document(Plan? plan, string? experiment, IEnumerable<Diagnostic> said, Against? against)
    {
        _json.WriteStartObject();
        _json.WriteNumber("schema", 1);
        _json.WriteString("experiment", experiment);
        _json.WriteStartArray("runs");
        foreach (var run in plan?.Runs ?? []) Run(run);
        _json.WriteEndArray();
        _json.WriteNumber("gpu_hours", plan?.GpuHours ?? 0);
        against?.Write(_json);
        _json.WriteStartArray("diagnostics");
        foreach (var diagnostic in said) Diagnostic(diagnostic);
        _json.WriteEndArray();
        _json.WriteEndObject();
        Flush();
    }

    private void Run(PlannedRun run)
    {
        _json.WriteStartObject();
        _json.WriteString("name", run.Id.Value);
        _json.WriteString("stage", run.Stage);
        _json.WriteNumber("index", run.Index);
        _json.WriteString("output_dir", run.OutputDir);
        _json.WriteString("log_path", run.LogPath);
        _json.WriteString("log_path_current", run.LogPathCurrent);
        _json.WriteStartArray("depends_on");
        foreach (var other in run.DependsOn) _json.WriteStringValue(other.Value);
        _json.WriteEndArray();
        _json.WriteStartArray("watches");
        foreach (var other in run.Watches) _json.WriteStringValue(other.Value);
        _json.WriteEndArray();
        _json.WriteStartObject("overrides");
        foreach (var coordinate in run.Overrides) _json.WriteString(coordinate.Key, coordinate.Value);
        _json.WriteEndObject();
        _json.WriteNumber("gpu_hours", run.GpuHours);
        _json.WriteString("command", CommandPreview.Of(run));
        _json.WriteEndObject();
        if (_bytes.WrittenCount + _json.BytesPending > Piece) Flush();
    }

    private void Diagnostic(Diagnostic diagnostic)
    {
        _json.WriteStartObject();
        _json.WriteString("code", diagnostic.Code);
        _json.WriteString("severity", diagnostic.Severity is Severity.Error ? "error" : "warning");
        _json.WriteString("file", diagnostic.At.File.Length > 0 ? diagnostic.At.File : null);
        Place("line", diagnostic.At.Line);
        Place("column", diagnostic.At.Column);
        _json.WriteString("message", diagnostic.Message);
        _json.WriteString("hint", diagnostic.Hint);
        _json.WriteEndObject();
    }

    private void Place(string name, int value)
    {
        if (value > 0) _json.WriteNumber(name, value);
        else _json.WriteNull(name);
    }

    private void Flush()
    {
        _json.Flush();
        _output.Write(Encoding.UTF8.GetString(_bytes.WrittenSpan));
        _bytes.ResetWrittenCount();
    }
}
