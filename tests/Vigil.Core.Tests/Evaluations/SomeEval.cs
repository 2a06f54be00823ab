using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Vigil.Core.Tests.Evaluations;

/// <summary>Logs in the form in which inspect writes them.</summary>
internal static class SomeEval
{
    public const string Spec = """
        {"eval_id":"4Vq","run_id":"9tZ","created":"2026-02-11T15:18:04-05:00","task":"capitalization","task_id":"mj7khqpMM4GBCfVQozKgzB","task_version":0,"task_file":"tasks/capitalization.py",
         "task_args":{"config_path":"/runs/rank4/setup_finetune.yaml","use_chat":true},"dataset":{"name":"words","location":"data/words.json","samples":100,"sample_ids":[1,2,"c"],"shuffled":false},
         "model":"hf/rank4_epoch_0","model_args":{"model_path":"/runs/rank4/epoch_0","do_sample":false},"model_generate_config":{},"config":{"limit":10,"epochs":2,"max_connections":32},
         "revision":{"type":"git","origin":"","commit":"0a1b2c3","dirty":false},"packages":{"inspect_ai":"0.3.209"},"metadata":{"epoch":0,"is_finetuned":true,"source_model":"Llama-3.2-1B"},
         "scorers":[{"name":"match","options":{},"metrics":[{"name":"accuracy"}]}]}
        """;

    public const string Plan = """{"name":"plan","steps":[{"solver":"generate","params":{}}],"config":{"temperature":0.0,"max_tokens":64}}""";

    public const string Results = """
        {"total_samples":20,"completed_samples":20,"scores":[
          {"name":"match","scorer":"match","reducer":"mean","scored_samples":20,"unscored_samples":0,"params":{},"metrics":{"accuracy":{"name":"accuracy","value":0.8,"params":{}},"stderr":{"name":"stderr","value":0.13333333333333333,"params":{}}}},
          {"name":"risk_scorer","scorer":"risk_scorer","params":{},"metrics":{"auc":{"name":"auc","value":NaN,"params":{}},"brier":{"name":"brier","value":Infinity},"drift":{"name":"drift","value":-Infinity},"note":{"name":"note","value":"none"}}}]}
        """;

    public const string Stats = """{"started_at":"2026-02-11T15:18:05-05:00","completed_at":"2026-02-11T15:23:05-05:00","model_usage":{"hf/rank4_epoch_0":{"input_tokens":297904,"output_tokens":5000,"total_tokens":302904}}}""";

    public static string Start => $$"""{"version":2,"eval":{{Spec}},"plan":{{Plan}} }""";

    public static string Header(string status = "success", string rest = "") => $$"""{"version":2,"status":"{{status}}","eval":{{Spec}},"plan":{{Plan}},"results":{{Results}},"stats":{{Stats}}{{rest}} }""";

    /// <summary>Everything of a finished log but its header.</summary>
    public static SomeZip Unfinished(int samples = 3, ushort method = 8, Func<byte[], byte[]>? pack = null)
    {
        var zip = new SomeZip { Method = method, Pack = pack ?? SomeZip.Deflated }.With("_journal/start.json", Start);
        for (var i = 1; i <= samples; i++) zip.With($"samples/{i}_epoch_1.json", $$$"""{"id":{{{i}}},"epoch":1,"input":"word {{{i}}}","target":"Word","scores":{"match":{"value":"C"}},"messages":[],"status":"success"}""");
        return zip.With("_journal/summaries/1.json", """[{"id":1,"epoch":1,"completed":true}]""");
    }

    public static SomeZip Finished(ushort method = 8, Func<byte[], byte[]>? pack = null, string? header = null) =>
        Unfinished(3, method, pack).With("summaries.json", "[]").With("reductions.json", "[]").With("header.json", header ?? Header());
}

/// <summary>A zip made by hand, so that it can be wrong in every way.</summary>
internal sealed class SomeZip
{
    private readonly List<byte> _file = [], _list = [];
    private ulong _count;

    public ushort Method { get; set; } = 8;

    public Func<byte[], byte[]> Pack { get; set; } = Deflated;

    /// <summary>As for files beyond 4 GB.</summary>
    public bool IsWide { get; set; }

    /// <summary>As a program writes that cannot go back to an entry's header.</summary>
    public bool HasLengthsBehind { get; set; }

    public SomeZip With(string name, string content)
    {
        var (bytes, key) = (Encoding.UTF8.GetBytes(content), Encoding.UTF8.GetBytes(name));
        var (packed, at) = (Pack(bytes), _file.Count);
        var behind = HasLengthsBehind;
        Entry(_file, "PK\u0003\u0004"u8, [20, 0], behind ? (0u, 0, 0) : (Crc(bytes), packed.Length, bytes.Length), key, IsWide && !behind ? Wide(bytes.Length, packed.Length) : [], []);
        _file.AddRange(packed);
        if (behind) _file.AddRange([.. "PK\u0007\u0008"u8, .. Four(Crc(bytes)), .. IsWide ? Eight(packed.Length) : Four((uint)packed.Length), .. IsWide ? Eight(bytes.Length) : Four((uint)bytes.Length)]);
        Entry(_list, "PK\u0001\u0002"u8, [20, 3, 20, 0], (Crc(bytes), packed.Length, bytes.Length), key, IsWide ? Wide(bytes.Length, packed.Length, at) : [], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. Four(IsWide ? uint.MaxValue : (uint)at)]);
        _count++;
        return this;
    }

    /// <summary>Without a list of contents, as a killed program leaves it.</summary>
    public byte[] Entries => [.. _file];

    public byte[] Bytes
    {
        get
        {
            var (list, at) = (_list, _file.Count);
            byte[] wide = IsWide ? [.. "PK\u0006\u0006"u8, .. Eight(44), 45, 0, 45, 0, .. Four(0), .. Four(0), .. Eight((long)_count), .. Eight((long)_count), .. Eight(list.Count), .. Eight(at), .. "PK\u0006\u0007"u8, .. Four(0), .. Eight(at + list.Count), .. Four(1)] : [];
            var counts = IsWide ? [255, 255, 255, 255, .. Four(uint.MaxValue), .. Four(uint.MaxValue)] : (byte[])[.. Two((ushort)_count), .. Two((ushort)_count), .. Four((uint)list.Count), .. Four((uint)at)];
            return [.. Entries, .. list, .. wide, .. "PK\u0005\u0006"u8, 0, 0, 0, 0, .. counts, 0, 0];
        }
    }

    public static byte[] Stored(byte[] bytes) => bytes;

    public static byte[] Deflated(byte[] bytes)
    {
        using var memory = new MemoryStream();
        using (var deflate = new DeflateStream(memory, CompressionLevel.Optimal, leaveOpen: true)) deflate.Write(bytes);
        return memory.ToArray();
    }

    private void Entry(List<byte> into, ReadOnlySpan<byte> mark, byte[] version, (uint Crc, long Packed, long Bytes) told, byte[] name, byte[] extra, byte[] more)
    {
        var narrow = extra.Length == 0;
        into.AddRange([.. mark, .. version, (byte)(HasLengthsBehind ? 8 : 0), 0, .. Two(Method), 0, 0, 0, 0, .. Four(told.Crc)]);
        into.AddRange([.. Four(narrow ? (uint)told.Packed : uint.MaxValue), .. Four(narrow ? (uint)told.Bytes : uint.MaxValue), .. Two((ushort)name.Length), .. Two((ushort)extra.Length), .. more, .. name, .. extra]);
    }

    private static byte[] Wide(params long[] numbers) => [9, 9, 2, 0, 7, 7, 1, 0, .. Two((ushort)(8 * numbers.Length)), .. numbers.SelectMany(Eight)];

    private static byte[] Two(ushort value) => [(byte)value, (byte)(value >> 8)];

    private static byte[] Four(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Eight(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }

    /// <summary>Bit by bit: another way than the one that is tested.</summary>
    private static uint Crc(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var next in bytes)
        {
            crc ^= next;
            for (var i = 0; i < 8; i++) crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
        }
        return ~crc;
    }
}
