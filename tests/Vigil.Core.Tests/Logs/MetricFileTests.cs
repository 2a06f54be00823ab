using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Vigil.Logs;
using static Vigil.Core.Tests.Logs.LogReading;

namespace Vigil.Core.Tests.Logs;

public sealed class MetricFileTests
{
    [Theory]
    [InlineData("""{"step": 5, "loss": 0.5, "lr": 1e-4, "note": "a \"loss\": 3", "done": true, "none": null}""", 5, "loss=0.5 lr=0.0001")]
    [InlineData("""{"loss": NaN, "grad": Infinity, "low": -Infinity, "global_step": 7}""", 7, "loss=NaN grad=Infinity low=-Infinity")]
    [InlineData("""{"_step":3,"_timestamp":1700000000.5,"_runtime":4,"train/loss":2}""", 3, "train/loss=2")]
    [InlineData("""{"iteration":3,"metrics":{"loss":2,"top":{"k":1}},"shape":[1,{"x":"]"}]}""", 3, "metrics/loss=2 metrics/top/k=1")]
    [InlineData("""  { "epoch" : 1.5 , "step" : 9 }""", 9, "epoch=1.5")]
    public void A_line_of_json_gives_its_step_and_its_numbers(string line, long step, string values)
    {
        List<NamedValue> read = [];
        Assert.True(MetricLine.TryRead(Bytes(line), read, out var at));
        Assert.Equal((step, values), (at, string.Join(' ', read.Select(static v => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{v.Name}={v.Value}")))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"loss": 1}""")]
    [InlineData("""{"step": 1.5, "loss": 1}""")]
    [InlineData("""{"step": 5, "loss": 0.""")]
    [InlineData("""{"step": 5, "loss": 1,}""")]
    [InlineData("""["step", 5]""")]
    [InlineData("step 5")]
    [InlineData("""{"a":{"b":{"c":{"d":{"step":1}}}}}""")]
    public void What_is_no_such_line_is_none(string line) => Assert.False(MetricLine.TryRead(Bytes(line), [], out _));

    [Fact]
    public void The_checksum_is_the_published_one()
    {
        // A file's first record, as every writer makes it: version 3 of the format, the bytes of "brain.Event:2" inside.
        Assert.Equal(0xE3069283u, Crc("123456789"u8));
        byte[] file = [.. Record(Event(0, [.. Field(3, "brain.Event:2"u8)]))];
        var records = new EventRecords(file);
        Assert.Equal(EventRead.Record, records.Next());
        Assert.Contains("brain.Event:2", Encoding.ASCII.GetString(records.Content), StringComparison.Ordinal);
    }

    [Fact]
    public void Scalars_of_both_kinds_are_read_and_everything_else_is_passed_over()
    {
        byte[] old = [.. Field(1, "loss"u8), 0x15, .. BitConverter.GetBytes(0.5f)];
        byte[] packed = [.. Field(1, "lr"u8), .. Field(8, [0x08, 1, .. Field(2, []), .. Field(5, BitConverter.GetBytes(0.25f))])];
        byte[] raw = [.. Field(1, "acc"u8), .. Field(9, "scalars"u8), .. Field(8, [0x08, 2, .. Field(4, BitConverter.GetBytes(0.1))])];
        byte[] histogram = [.. Field(1, "weights"u8), .. Field(5, new byte[300])];
        byte[] vector = [.. Field(1, "two"u8), .. Field(8, [0x08, 1, .. Field(4, new byte[8])])];
        var content = Event(300, [.. Field(5, [.. Field(1, old), .. Field(1, histogram), .. Field(1, packed), .. Field(1, raw), .. Field(1, vector)])]);
        List<NamedValue> values = [];
        Assert.True(ScalarEvent.TryRead(content, values, out var step));
        Assert.Equal(300, step);
        Assert.Equal([new("loss", 0.5), new("lr", 0.25), new("acc", 0.1)], values);
    }

    [Fact]
    public void A_torn_tail_waits_and_a_wrong_byte_ends_the_file()
    {
        byte[] one = Record(Event(1, [.. Field(5, Field(1, [.. Field(1, "loss"u8), 0x15, .. BitConverter.GetBytes(0.5f)]))]));
        byte[] file = [.. one, .. one];
        for (var cut = 0; cut < one.Length; cut++)
        {
            var records = new EventRecords(file.AsSpan(0, one.Length + cut), 100);
            Assert.Equal(EventRead.Record, records.Next());
            Assert.Equal(EventRead.Unfinished, records.Next());
            Assert.Equal(100 + one.Length, records.Position);
            byte[] spoilt = [.. file];
            spoilt[one.Length + cut] ^= 1;
            records = new EventRecords(spoilt);
            Assert.Equal(EventRead.Record, records.Next());
            Assert.Equal(EventRead.Broken, records.Next());
        }
    }

    [Fact]
    public void No_bytes_make_the_readers_throw() =>
        Prop.ForAll<byte[]>(static bytes =>
        {
            List<NamedValue> values = [];
            _ = ScalarEvent.TryRead(bytes, values, out _);
            _ = ScalarEvent.TryRead([.. Field(5, [.. Field(1, bytes)])], values, out _);
            _ = ScalarEvent.TryRead([.. Field(5, [.. Field(1, [.. Field(8, bytes)])])], values, out _);
            _ = MetricLine.TryRead([(byte)'{', .. bytes], values, out _);
            _ = new EventRecords(bytes).Next();
        }).QuickCheckThrowOnFailure();

    /// <summary>An encoder of its own, from the published format: bit by bit, where the reader uses the processor.</summary>
    internal static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var i = 0; i < 8; i++) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0x82F63B78u : 0);
        }
        return ~crc;
    }

    internal static byte[] Record(byte[] content)
    {
        var length = BitConverter.GetBytes((ulong)content.Length);
        return [.. length, .. BitConverter.GetBytes(Masked(length)), .. content, .. BitConverter.GetBytes(Masked(content))];
    }

    internal static byte[] Event(long step, byte[] rest) => [0x09, .. BitConverter.GetBytes(1.7e9), 0x10, .. Varint((ulong)step), .. rest];

    internal static byte[] Field(int number, ReadOnlySpan<byte> content) => [.. Varint((ulong)(number << 3 | 2)), .. Varint((ulong)content.Length), .. content];

    private static uint Masked(byte[] bytes)
    {
        var crc = Crc(bytes);
        return (crc >> 15 | crc << 17) + 0xA282EAD8u;
    }

    private static List<byte> Varint(ulong value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return bytes;
    }
}
