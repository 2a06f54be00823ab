using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Vigil.Logs.Checkpoints;
using Vigil.Monitor;
using Vigil.Tests.House;

namespace Vigil.Tests.Monitor;

/// <summary>Folders as trainers leave them, looked at and never written to.</summary>
public sealed class CheckpointScanTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 3, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _place = new();
    private readonly CheckpointScan _scan = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Megatrons_iterations_are_found_and_the_one_behind_its_tracker_is_not_valid()
    {
        foreach (var i in (int[])[100, 200, 300]) Write($"run/checkpoints/iter_{i:d7}/mp_rank_00/model.json", "{}");
        Write("run/checkpoints/latest_checkpointed_iteration.txt", "200");

        var seen = Look("run");

        Assert.Equal([(300L, CheckpointValidity.Invalid), (200L, CheckpointValidity.Valid), (100L, CheckpointValidity.Valid)], seen.Select(static c => (c.Step!.Value, c.Validity)));
        Assert.Equal(_place["run", "checkpoints"], ValidCheckpoints.Newest(seen)!.Load);
        Assert.Equal(2, seen[0].Bytes);
        Assert.Equal([true, false, true], seen.Select(static c => c.IsLoadedByStep));
    }

    [Fact]
    public void A_state_of_kohya_tells_its_step_from_its_file_in_both_forms_of_its_name()
    {
        foreach (var (name, epoch) in (IEnumerable<(string, int)>)[("x-000004-state", 4), ("x-5-state", 5)])
        {
            foreach (var file in (string[])["optimizer.bin", "scheduler.bin", "random_states_0.pkl"]) Write($"run/{name}/{file}", "\u0001.");
            Write($"run/{name}/train_state.json", $$"""{"current_epoch": {{epoch}}, "current_step": {{epoch * 240}}}""");
        }
        Write("run/x-000004.safetensors", "a model, not what a run goes on from");

        Assert.Equal([(1200L, 5L), (960L, 4L)], Look("run").Select(static c => (c.Step!.Value, c.Epoch!.Value)));
        Assert.All(Look("run"), static c => Assert.Equal((CheckpointValidity.Valid, null), (c.Validity, c.Reason)));
    }

    [Fact]
    public void Torchtunes_state_belongs_to_the_newest_epoch_that_was_there_when_it_was_written()
    {
        foreach (var epoch in (int[])[0, 1, 2])
        {
            Write($"run/epoch_{epoch}/adapter_model.safetensors", Tensors(8), Now.AddHours(epoch - 9));
            Write($"run/epoch_{epoch}/adapter_config.json", "{}", Now.AddHours(epoch - 9));
        }
        Assert.All(Look("run"), static c => Assert.False(c.IsResumable));

        Write("run/recipe_state/recipe_state.pt", Zip(), Now.AddHours(-7.5));
        Assert.Equal([(2L, false), (1L, true), (0L, false)], Look("run").Select(static c => (c.Epoch!.Value, c.IsResumable)));
        Assert.False(_scan.LookAt(_place["run", "epoch_0"], Now)!.IsResumable);

        Write("run/recipe_state/recipe_state.pt", Zip()[..40], Now.AddHours(-7.5));
        Assert.All(Look("run"), static c => Assert.False(c.IsResumable));
    }

    private static byte[] Zip()
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        using (var entry = zip.CreateEntry("archive/data.pkl").Open()) entry.Write(new byte[200]);
        return memory.ToArray();
    }

    [Fact]
    public void A_file_that_grows_between_two_looks_is_unsettled_until_it_rests()
    {
        Write("run/checkpoint-5/model.safetensors", Tensors(8));
        Assert.Equal(CheckpointValidity.Valid, Assert.Single(Look("run")).Validity);
        Write("run/checkpoint-5/optimizer.txt", "more");

        Assert.Equal("its files changed since the last look", Assert.Single(Look("run")).Reason);
        Assert.Equal(CheckpointValidity.Valid, Assert.Single(Look("run")).Validity);
    }

    [Fact]
    public void A_checkpoint_of_just_now_is_unsettled_at_the_first_look()
    {
        Write("run/epoch_0/model.safetensors", Tensors(8), Now.AddSeconds(-3));

        Assert.Equal(CheckpointValidity.Unsettled, Assert.Single(Look("run")).Validity);
    }

    [Fact]
    public void A_link_that_leads_out_of_the_folder_is_not_followed()
    {
        Write("secret/model.safetensors", Tensors(8));
        Write("secret/checkpoint-9/model.safetensors", Tensors(8));
        Write("run/checkpoint-1/note.txt", "x");
        File.CreateSymbolicLink(_place["run", "checkpoint-1", "model.safetensors"], _place["secret", "model.safetensors"]);
        Directory.CreateSymbolicLink(_place["run", "checkpoint-9"], _place["secret", "checkpoint-9"]);
        Directory.CreateSymbolicLink(_place["run", "more"], _place["secret"]);

        var seen = Look("run");

        Assert.Equal([9L, 1L], seen.Select(static c => c.Step!.Value));
        Assert.Equal((CheckpointValidity.Invalid, "the folder is empty", 0L), (seen[0].Validity, seen[0].Reason, seen[0].Bytes));
        Assert.Equal((CheckpointValidity.Invalid, "model.safetensors cannot be read"), (seen[1].Validity, seen[1].Reason));
    }

    [Fact]
    public void A_link_that_stays_inside_is_followed()
    {
        Write("run/blobs/abc", Tensors(8));
        Directory.CreateDirectory(_place["run", "checkpoint-1"]);
        File.CreateSymbolicLink(_place["run", "checkpoint-1", "model.safetensors"], _place["run", "blobs", "abc"]);

        Assert.Equal(CheckpointValidity.Valid, Assert.Single(Look("run")).Validity);
    }

    [Fact]
    public void A_pipe_or_links_in_a_circle_hold_nothing_up()
    {
        Write("run/checkpoint-1/model.safetensors", Tensors(8));
        Assert.Equal(0, Shell.Run(_place.Path, ["mkfifo", _place["run", "checkpoint-1", "pipe.pt"]]).ExitCode);
        File.CreateSymbolicLink(_place["run", "checkpoint-1", "a.pt"], _place["run", "checkpoint-1", "a.pt"]);

        Assert.Equal(CheckpointValidity.Invalid, Assert.Single(Look("run")).Validity);
    }

    [Fact]
    public void A_file_whose_age_the_file_system_does_not_tell_ends_nothing()
    {
        // A path that is longer than the kernel takes can be listed, and not asked about.
        var folder = _place["run"];
        while (folder.Length < 3800) folder += "/" + new string('d', 200);
        folder += "/" + new string('d', 4090 - folder.Length - 1);
        Directory.CreateDirectory(folder);
        Assert.Equal(0, Shell.Run(_place.Path, ["bash", "-c", "cd \"$1\" && touch last.ckpt final.ckpt", "bash", folder]).ExitCode);
        try
        {
            Assert.All(_scan.Look([folder], Now), static c => Assert.NotEqual(CheckpointValidity.Valid, c.Validity));
        }
        finally { Shell.Run(_place.Path, ["rm", "-rf", _place["run"]]); }
    }

    [Fact]
    public void Of_very_many_names_only_the_furthest_are_looked_into()
    {
        Directory.CreateDirectory(_place["run"]);
        for (var i = 0; i < 20_000; i++) File.WriteAllBytes(_place["run", $"model_step_{i}.safetensors"], []);
        Write("run/model_step_19999.safetensors", Tensors(8));

        var seen = Look("run");

        Assert.Equal(CheckpointScan.Most, seen.Length);
        Assert.Equal((19_999L, CheckpointValidity.Valid), (seen[0].Step!.Value, seen[0].Validity));
        Assert.Equal("model_step_19998.safetensors is empty", seen[1].Reason);
    }

    [Fact]
    public void Vigils_own_folders_are_not_searched_and_a_folder_that_is_not_there_holds_nothing()
    {
        Write("run/attempts/1/checkpoint-1/a.txt", "x");
        Write("run/.hidden/checkpoint-1/a.txt", "x");

        Assert.Empty(Look("run"));
        Assert.Empty(Look("elsewhere"));
    }

    private System.Collections.Immutable.ImmutableArray<CheckpointSeen> Look(string folder) => _scan.Look([_place[folder]], Now);

    private void Write(string path, string text, DateTimeOffset? at = null) => Write(path, Encoding.Latin1.GetBytes(text), at);

    private void Write(string path, byte[] content, DateTimeOffset? at = null)
    {
        var full = _place[path];
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, content);
        File.SetLastWriteTimeUtc(full, (at ?? Now.AddHours(-1)).UtcDateTime);
    }

    private static byte[] Tensors(int bytes)
    {
        var header = Encoding.ASCII.GetBytes("{\"w\":{\"dtype\":\"U8\",\"shape\":[" + bytes + "],\"data_offsets\":[0," + bytes + "]}}");
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        return [.. length, .. header, .. new byte[bytes]];
    }
}
