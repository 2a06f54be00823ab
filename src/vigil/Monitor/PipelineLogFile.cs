using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Vigil.Journaling;
using Vigil.Platform;
using Vigil.Views;

namespace Vigil.Monitor;

/// <summary>A record as a line of JSON.</summary>
/// <param name="Following">So many more records tell of the same journal entry.</param>
/// <param name="End">Bytes of the log for people up to the end of this entry.</param>
internal sealed record PipelineLine(
    long Seq, DateTimeOffset At, string Action, string? Subject, string Details, string? Result, string? JobId, string? Duration, int Following, long End);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(PipelineLine))]
internal sealed partial class PipelineJson : JsonSerializerContext
{
    /// <summary>Names and arrows as people write them.</summary>
    public static PipelineJson Plain => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

/// <summary>One log for people with its twin. The twin says how far both are written: what a crash left behind its last whole group of lines is cut off and written again.</summary>
internal sealed class PipelineLogFile
{
    private readonly string _log, _twin;
    private readonly StringBuilder _text = new(), _lines = new();
    private long _written, _end;

    private PipelineLogFile(string log, string twin) => (_log, _twin) = (log, twin);

    /// <summary>When the last look at the clock was written; null: none was.</summary>
    public DateTimeOffset? LastCheck { get; private set; }

    public static PipelineLogFile Open(ExperimentFolder folder, string name)
    {
        var file = new PipelineLogFile(Path.Combine(folder.Root, $"{name}.log"), Path.Combine(folder.Root, $"{name}.jsonl"));
        file.Recover();
        return file;
    }

    /// <summary>Of entries that were written before nothing is taken.</summary>
    public void Add(ImmutableArray<PipelineRecord> records)
    {
        if (records.IsEmpty || records[0].Action != StatusCheck && records[0].Seq <= _written) return;
        for (var i = 0; i < records.Length; i++)
        {
            var (record, text) = (records[i], records[i].Text());
            _text.Append(text);
            _end += Encoding.UTF8.GetByteCount(text);
            _lines.Append(JsonSerializer.Serialize(new(record.Seq, record.At, record.Action, record.Subject, record.Details, record.Result, record.JobId, record.Duration, records.Length - 1 - i, _end), PipelineJson.Plain.PipelineLine)).Append('\n');
        }
        _written = Math.Max(_written, records[^1].Seq);
    }

    private const string StatusCheck = "STATUS_CHECK";

    public void Flush()
    {
        if (_text.Length == 0) return;
        Append(_log, _text.ToString());
        Append(_twin, _lines.ToString());
        _text.Clear();
        _lines.Clear();
    }

    private void Recover()
    {
        var (whole, lines) = WholeGroups();
        var text = lines.Count == 0 ? 0 : lines[^1].End;
        if (lines.Count > 0 && Length(_log) < text) Rewrite(lines);
        Cut(_twin, whole);
        Cut(_log, text);
        (_end, _written) = (text, lines.Count == 0 ? 0 : lines[^1].Seq);
        LastCheck = lines.FindLast(static l => l.Action == StatusCheck)?.At;
    }

    /// <summary>The lines of the twin up to the last that ends a group, and its length up to there.</summary>
    private (long Bytes, List<PipelineLine> Lines) WholeGroups()
    {
        var (whole, at, count) = (0L, 0L, 0);
        List<PipelineLine> lines = [];
        if (!File.Exists(_twin)) return (0, lines);
        foreach (var bytes in File.ReadAllBytes(_twin).Split((byte)'\n'))
        {
            at += bytes.Length + 1;
            if (Parse(bytes) is not { } line) break;
            lines.Add(line);
            if (line.Following == 0) (whole, count) = (at, lines.Count);
        }
        return (whole, lines[..count]);
    }

    private static PipelineLine? Parse(byte[] bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, PipelineJson.Default.PipelineLine);
        }
        catch (JsonException) { return null; }
    }

    /// <summary>A disk that lost the log's end kept the twin's.</summary>
    private void Rewrite(List<PipelineLine> lines) => AtomicFile.Write(_log, Encoding.UTF8.GetBytes(string.Concat(lines.Select(static l =>
        new PipelineRecord(l.Seq, l.At, l.Action, l.Subject, l.Details, l.Result) { JobId = l.JobId, Duration = l.Duration }.Text()))));

    private static long Length(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    private static void Cut(string path, long length)
    {
        if (Length(path) <= length) return;
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.SetLength(file, length);
    }

    private static void Append(string path, string text)
    {
        using var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        var length = RandomAccess.GetLength(file);
        if (length == 0) File.SetUnixFileMode(file, AtomicFile.OwnerOnly);
        RandomAccess.Write(file, Encoding.UTF8.GetBytes(text), length);
    }
}

/// <summary>Cuts bytes at a mark.</summary>
file static class Cutting
{
    /// <summary>What stands before each mark; what stands behind the last one is left out.</summary>
    public static List<byte[]> Split(this byte[] bytes, byte mark)
    {
        List<byte[]> parts = [];
        for (int from = 0, at; (at = bytes.AsSpan(from).IndexOf(mark)) >= 0; from += at + 1) parts.Add(bytes[from..(from + at)]);
        return parts;
    }
}
