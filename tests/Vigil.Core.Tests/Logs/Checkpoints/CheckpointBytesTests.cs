using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Vigil.Logs.Checkpoints;

namespace Vigil.Core.Tests.Logs.Checkpoints;

/// <summary>Files of checkpoints, whole and cut, judged by their ends and headers.</summary>
public sealed class CheckpointBytesTests
{
    [Theory]
    [InlineData("a.pt")]
    [InlineData("a.pth")]
    [InlineData("a.ckpt")]
    [InlineData("optimizer.bin")]
    [InlineData("__0_0.distcp")]
    public void A_zip_of_torch_is_whole(string name) => Assert.Null(Fault(name, Zip(3)));

    [Fact]
    public void A_zip_with_wide_numbers_is_read_from_its_second_end() => Assert.Null(Fault("a.pt", Wide(Zip(3))));

    [Fact]
    public void A_distributed_part_is_several_zips_one_behind_the_other()
    {
        Assert.Null(Fault("__0_0.distcp", [.. Zip(2), .. Zip(3)]));
        Assert.NotNull(Fault("a.pt", [.. Zip(2), .. Zip(3)]));
    }

    [Fact]
    public void A_zip_cut_at_any_byte_is_not_whole()
    {
        var whole = Zip(4);
        for (var length = 0; length < whole.Length; length++) Assert.NotNull(Fault("a.pt", whole[..length]));
    }

    [Fact]
    public void A_zip_with_a_hole_in_its_list_of_contents_is_not_whole()
    {
        var torn = Zip(4);
        var list = torn.AsSpan().IndexOf("PK\u0001\u0002"u8);
        torn.AsSpan(list, 20).Clear();

        Assert.Contains("list of contents", Fault("a.pt", torn), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.pt")]
    [InlineData("random_states_0.pkl")]
    public void A_plain_pickle_ends_with_its_stop(string name)
    {
        Assert.Null(Fault(name, [0x80, 4, .. "]\u0094."u8]));
        Assert.Equal("is a pickle that was cut", Fault(name, [0x80, 4, .. "]\u0094"u8]));
        Assert.NotNull(Fault(name, new byte[100]));
    }

    [Fact]
    public void The_old_form_of_torch_has_numbers_behind_its_pickles() =>
        Assert.Null(Fault("a.pth", [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e, 1, 2, 3, 0]));

    [Fact]
    public void Safetensors_are_as_long_as_their_header_says()
    {
        var whole = Safetensors("""{"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"b":{"dtype":"F32","shape":[1],"data_offsets":[16,20]}}""", 20);

        Assert.Null(Fault("m.safetensors", whole));
        for (var length = 0; length < whole.Length; length++) Assert.NotNull(Fault("m.safetensors", whole[..length]));
        Assert.Equal("is longer than its header says", Fault("m.safetensors", [.. whole, 0]));
    }

    [Theory]
    [InlineData("""{"w":{"data_offsets":[4,2]}}""")]
    [InlineData("""{"w":{"data_offsets":"0"}}""")]
    [InlineData("""{"w":{"data_offsets":[0]}}""")]
    [InlineData("[1,2]")]
    [InlineData("not json")]
    [InlineData("")]
    public void A_header_that_makes_no_sense_is_a_fault(string header) => Assert.NotNull(Fault("m.safetensors", Safetensors(header, 0)));

    [Fact]
    public void A_header_that_claims_to_be_huge_is_not_read()
    {
        var bytes = new byte[64];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, ulong.MaxValue);

        Assert.Equal("does not begin as safetensors", Fault("m.safetensors", bytes));
    }

    [Theory]
    [InlineData("""{"best_metric": NaN, "global_step": 5}""", true)]
    [InlineData("""{"global_step": 5}""", true)]
    [InlineData("""{"global_step": 5""", false)]
    [InlineData("""{"best_metric": NaN, "glob""", false)]
    public void Json_parses_Pythons_own_NaN_included(string text, bool whole) => Assert.Equal(whole, Fault("trainer_state.json", Encoding.UTF8.GetBytes(text)) is null);

    [Theory]
    [InlineData("notes.txt", true)]
    [InlineData("model.bin", true)]
    [InlineData("a.pt", false)]
    public void What_has_no_known_form_need_only_have_content(string name, bool whole)
    {
        Assert.Equal(whole, Fault(name, "hello"u8.ToArray()) is null);
        Assert.Equal("is empty", Fault(name, []));
    }

    [Fact]
    public void No_bytes_make_it_throw() => Prop.ForAll<byte[], int>((bytes, kind) =>
    {
        byte[][] heads = [[], [.. "PK\u0003\u0004"u8], [0x80, 4], [40, 0, 0, 0, 0, 0, 0, 0, .. "{\"a\":{\"data_offsets\":["u8]];
        byte[][] ends = [[], [.. "PK\u0005\u0006"u8, .. new byte[18]], [.. "PK\u0006\u0006"u8, .. bytes]];
        byte[] text = [.. heads[(kind & int.MaxValue) % heads.Length], .. bytes, .. ends[(kind & int.MaxValue) / 7 % ends.Length]];
        foreach (var name in (string[])["a.pt", "a.safetensors", "a.json", "__0_0.distcp", "a.bin"]) Fault(name, text);
    }).QuickCheckThrowOnFailure();

    private static string? Fault(string name, byte[] bytes) => CheckpointBytes.Fault(name, bytes.Length, (offset, into) =>
    {
        if (offset < 0 || offset >= bytes.Length) return 0;
        var part = bytes.AsSpan((int)offset, (int)Math.Min(into.Length, bytes.Length - offset));
        part.CopyTo(into);
        return part.Length;
    });

    internal static byte[] Zip(int entries)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
            for (var i = 0; i < entries; i++)
            {
                using var entry = zip.CreateEntry($"archive/data/{i}", CompressionLevel.NoCompression).Open();
                entry.Write(new byte[100 * (i + 1)]);
            }
        return memory.ToArray();
    }

    /// <summary>The same with the end that files beyond 4 GB have: the narrow one says nothing.</summary>
    private static byte[] Wide(byte[] zip)
    {
        var end = zip.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        var (count, size, offset) = (BinaryPrimitives.ReadUInt16LittleEndian(zip.AsSpan(end + 10)), BinaryPrimitives.ReadUInt32LittleEndian(zip.AsSpan(end + 12)), BinaryPrimitives.ReadUInt32LittleEndian(zip.AsSpan(end + 16)));
        var wide = new byte[56 + 20];
        "PK\u0006\u0006"u8.CopyTo(wide);
        BinaryPrimitives.WriteUInt64LittleEndian(wide.AsSpan(32), count);
        BinaryPrimitives.WriteUInt64LittleEndian(wide.AsSpan(40), size);
        BinaryPrimitives.WriteUInt64LittleEndian(wide.AsSpan(48), offset);
        "PK\u0006\u0007"u8.CopyTo(wide.AsSpan(56));
        var narrow = zip[end..];
        narrow.AsSpan(12, 8).Fill(0xff);
        return [.. zip[..end], .. wide, .. narrow];
    }

    internal static byte[] Safetensors(string header, int data)
    {
        var bytes = new byte[8 + header.Length + data];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)header.Length);
        Encoding.ASCII.GetBytes(header).CopyTo(bytes, 8);
        return bytes;
    }
}
