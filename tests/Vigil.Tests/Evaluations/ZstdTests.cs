using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Vigil.Evaluations;
using Vigil.Platform;

namespace Vigil.Tests.Evaluations;

/// <summary>The system's libzstd behind a stream.</summary>
public sealed class ZstdTests
{
    [Fact]
    public void What_was_packed_comes_out_as_it_was_however_it_is_read()
    {
        SystemZstd.Demand();
        Prop.ForAll<byte[], int, int>((bytes, times, room) =>
        {
            byte[] content = [.. Enumerable.Repeat(bytes, 1 + Math.Abs(times % 2000)).SelectMany(static b => b)];
            Assert.Equal(content, Unpacked(SystemZstd.Pack(content), 1 + Math.Abs(room % 5000)));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Frames_one_behind_the_other_are_one_content()
    {
        SystemZstd.Demand();
        Assert.Equal("ab"u8.ToArray(), Unpacked([.. SystemZstd.Pack("a"u8.ToArray()), .. SystemZstd.Pack([]), .. SystemZstd.Pack("b"u8.ToArray())], 10));
    }

    [Fact]
    public void A_frame_that_is_cut_or_changed_is_bad_data_or_other_content_and_never_worse()
    {
        SystemZstd.Demand();
        var packed = SystemZstd.Pack(Encoding.UTF8.GetBytes(SomeEvalText));
        for (var length = 1; length < packed.Length; length++) Assert.Throws<InvalidDataException>(() => Unpacked(packed[..length], 4096));
        for (var at = 0; at < packed.Length; at++)
        {
            var changed = (byte[])packed.Clone();
            changed[at] ^= 0x55;
            try
            {
                Unpacked(changed, 4096);
            }
            catch (InvalidDataException) { }
        }
    }

    [Fact]
    public void A_frame_that_asks_for_much_memory_is_refused()
    {
        SystemZstd.Demand();
        // A header that only names its window: 2^31 bytes.
        byte[] huge = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 21 << 3, 0x01, 0x00, 0x00];

        Assert.Throws<InvalidDataException>(() => Unpacked(huge, 4096));
    }

    [Fact]
    public void A_machine_without_the_library_is_told_which_package_has_it()
    {
        var missing = Assert.IsType<ZstdSupport.Missing>(Zstd.Find("libzstd-of-nobody.so.1"));

        Assert.Contains("libzstd1", missing.Why, StringComparison.Ordinal);
        Assert.Contains("libzstd-of-nobody.so.1 is not on this machine", missing.Why, StringComparison.Ordinal);
    }

    private static string SomeEvalText => Vigil.Core.Tests.Evaluations.SomeEval.Header();

    private static byte[] Unpacked(byte[] packed, int room)
    {
        using var stream = new ZstdStream(new MemoryStream(packed));
        var (whole, piece) = (new MemoryStream(), new byte[room]);
        while (stream.Read(piece) is > 0 and var got) whole.Write(piece, 0, got);
        return whole.ToArray();
    }
}
