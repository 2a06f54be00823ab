using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Vigil.Evaluations;

namespace Vigil.Core.Tests.Evaluations;

/// <summary>Whatever the bytes are, the answer is a value, and a log is finished only when its header is whole.</summary>
public sealed class EvalLogLaws
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void An_eval_file_that_is_cut_anywhere_is_finished_only_with_its_whole_header(bool wide, bool lengthsBehind)
    {
        var zip = new SomeZip { IsWide = wide, HasLengthsBehind = lengthsBehind }.With("_journal/start.json", SomeEval.Start).With("samples/1_epoch_1.json", "{}").With("header.json", SomeEval.Header());
        var (whole, headerEnds, startEnds) = (zip.Bytes, zip.Entries.Length, new SomeZip { IsWide = wide, HasLengthsBehind = lengthsBehind }.With("_journal/start.json", SomeEval.Start).Entries.Length);
        for (var length = 0; length <= whole.Length; length++)
        {
            var reading = EvalReadingOf.Bytes(whole[..length]);

            if (length >= headerEnds) Assert.IsType<EvalStatus.Success>(EvalReadingOf.Log(reading).Status);
            else if (length >= startEnds) Assert.IsType<EvalStatus.Unfinished>(EvalReadingOf.Log(reading).Status);
            else Assert.True(EvalReadingOf.Trouble(reading) is EvalTrouble.Cut or EvalTrouble.NotALog { Text: "is empty" });
        }
    }

    [Fact]
    public void A_JSON_log_that_is_cut_anywhere_is_never_finished()
    {
        var whole = Encoding.UTF8.GetBytes(SomeEval.Header());
        for (var length = 0; length < whole.Length; length++) Assert.True(EvalReadingOf.Trouble(EvalReadingOf.Bytes(whole[..length])) is EvalTrouble.Cut or EvalTrouble.NotALog);
    }

    [Fact]
    public void No_bytes_make_it_throw() => Prop.ForAll<byte[], int>((bytes, kind) =>
    {
        byte[][] heads = [[], [.. "PK\u0003\u0004"u8], [.. "{\"version\":2,\"eval\":"u8], [.. "{\"version\":2,\"status\":\"success\",\"eval\":{\"task\":\"t\",\"config\":{\"limit\":["u8]];
        byte[][] ends = [[], [.. "PK\u0005\u0006"u8, .. new byte[18]], [.. "PK\u0006\u0006"u8, .. bytes], [.. "NaN"u8]];
        EvalReadingOf.Bytes([.. heads[(kind & int.MaxValue) % heads.Length], .. bytes, .. ends[(kind & int.MaxValue) / 7 % ends.Length]]);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_log_with_bytes_changed_anywhere_gives_a_value_and_never_another_header()
    {
        byte[][] files = [SomeEval.Finished().Bytes, Wide().Bytes, SomeEval.Unfinished().Entries];
        Prop.ForAll<int, int, byte>((file, at, value) =>
        {
            var bytes = (byte[])files[(file & int.MaxValue) % files.Length].Clone();
            for (var i = 0; i < 3; i++) bytes[((at & int.MaxValue) % bytes.Length + 977 * i) % bytes.Length] ^= (byte)(value >> i);
            if (EvalReadingOf.Bytes(bytes) is EvalReading.Read { Log: var log }) Assert.Equal("capitalization", log.Task);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void With_any_single_byte_wrong_a_finished_log_says_what_it_said_or_is_none()
    {
        var whole = SomeEval.Finished(0, SomeZip.Stored).Bytes;
        var said = Said(EvalReadingOf.Log(EvalReadingOf.Bytes(whole)));
        for (var at = 0; at < whole.Length; at++)
            foreach (var value in (byte[])[(byte)'7', 0xff, (byte)(whole[at] ^ 1)])
            {
                var bytes = (byte[])whole.Clone();
                bytes[at] = value;
                if (EvalReadingOf.Bytes(bytes) is EvalReading.Read { Log: { Status: EvalStatus.Success } log }) Assert.Equal(said, Said(log));
            }
    }

    private static string Said(EvalLog log) => $"{log with { Scores = [], Usage = [] }} {string.Join(' ', log.Scores.SelectMany(static s => s.Metrics))}";

    [Fact]
    public void A_bomb_is_read_no_further_than_it_said()
    {
        var bytes = SomeEval.Finished(header: SomeEval.Header(rest: $",\"plan\":\"{new string(' ', 4 << 20)}\"")).Bytes;
        Assert.InRange(bytes.Length, 0, 100_000);
        // The header says that it is small.
        foreach (var at in Lengths(bytes, "header.json"u8)) BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), 1000);
        EvalReadingOf.Bytes(bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.IsType<EvalTrouble.Damaged>(EvalReadingOf.Trouble(EvalReadingOf.Bytes(bytes)));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData(24)]
    [InlineData(20)]
    [InlineData(42)]
    public void Lengths_and_places_that_are_only_claimed_take_no_memory(int field)
    {
        var bytes = SomeEval.Finished().Bytes;
        var list = bytes.AsSpan().LastIndexOf("header.json"u8) - 46;
        foreach (var claimed in (uint[])[0x7fff_ffff, 0xffff_fffe, 0xffff_ffff, 1])
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(list + field), claimed);
            var before = GC.GetAllocatedBytesForCurrentThread();

            Assert.False(EvalReadingOf.Trouble(EvalReadingOf.Bytes(bytes)) is EvalTrouble.NotALog);

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        }
    }

    [Fact]
    public void A_file_full_of_marks_is_gone_through_once()
    {
        byte[] bytes = [.. new SomeZip { HasLengthsBehind = true }.With("_journal/start.json", "").Entries.AsSpan(0, 49), .. Enumerable.Repeat("PK\u0007\u0008"u8.ToArray(), 500_000).SelectMany(static b => b)];
        long read = 0;

        EvalLogReader.Read(bytes.Length, (offset, into) =>
        {
            var part = bytes.AsSpan((int)offset, (int)Math.Min(into.Length, bytes.Length - offset));
            part.CopyTo(into);
            read += part.Length;
            return part.Length;
        }, new ZstdSupport.Missing(""));

        Assert.InRange(read, bytes.Length, 3L * bytes.Length);
    }

    [Fact]
    public void A_file_that_becomes_shorter_while_it_is_read_gives_a_value()
    {
        var whole = SomeEval.Finished().Bytes;
        for (var length = 0; length < whole.Length; length += 7)
        {
            var there = length;
            EvalLogReader.Read(whole.Length, (offset, into) =>
            {
                if (offset >= there) return 0;
                var part = whole.AsSpan((int)offset, (int)Math.Min(into.Length, there - offset));
                part.CopyTo(into);
                return part.Length;
            }, new ZstdSupport.Missing(""));
        }
    }

    private static SomeZip Wide() => new SomeZip { IsWide = true, HasLengthsBehind = true }.With("_journal/start.json", SomeEval.Start).With("samples/1_epoch_1.json", "{}").With("header.json", SomeEval.Header());

    /// <summary>Where the unpacked length of an entry stands: in its own header and in the list of contents.</summary>
    private static int[] Lengths(byte[] zip, ReadOnlySpan<byte> name) => [zip.AsSpan().IndexOf(name) - 30 + 22, zip.AsSpan().LastIndexOf(name) - 46 + 24];
}
