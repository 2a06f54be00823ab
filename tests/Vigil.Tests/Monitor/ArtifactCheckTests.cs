using System.Collections.Immutable;
using System.Text;
using Vigil.Core.Tests.Evaluations;
using Vigil.Core.Tests.Rendering;
using Vigil.Monitor;
using Vigil.Monitoring;
using Vigil.Planning;

namespace Vigil.Tests.Monitor;

/// <summary>What a completed job must have left, looked for on disk.</summary>
public sealed class ArtifactCheckTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ArtifactCheck _check = new(new CheckpointScan());

    public void Dispose() => _folder.Dispose();

    private string? Missing(params ImmutableArray<Artifact> artifacts)
    {
        var plan = Some.Run(new CommandTemplate.Line("x"), _folder.Path) with { Artifacts = artifacts };
        var attempt = new AttemptRecord(new(plan.Id, 1), default) { Submitted = DateTimeOffset.UtcNow.AddMinutes(-10) };
        return _check.Missing(new RunRecord { Plan = plan, State = new RunState.Waiting(null), AllowedAttempts = 1, Attempts = [attempt] }, DateTimeOffset.UtcNow);
    }

    private string Write(string name, byte[] bytes, TimeSpan? age = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.WriteAllBytes(_folder[name], bytes);
        if (age is { } old) File.SetLastWriteTimeUtc(_folder[name], DateTime.UtcNow - old);
        return _folder[name];
    }

    [Fact]
    public void A_run_that_needs_nothing_lacks_nothing() => Assert.Null(Missing());

    [Fact]
    public void A_file_must_be_there_with_something_in_it_and_be_the_run_s_own()
    {
        var path = _folder["out.json"];
        Assert.Equal($"there is no file {path}", Missing(new Artifact.Document(path)));
        Write("out.json", []);
        Assert.Equal($"the file {path} is empty", Missing(new Artifact.Document(path)));
        Write("out.json", "{}"u8.ToArray(), TimeSpan.FromHours(1));
        Assert.Equal($"the file {path} is older than the run", Missing(new Artifact.Document(path)));
        Write("out.json", "{}"u8.ToArray());
        Assert.Null(Missing(new Artifact.Document(path)));
    }

    [Fact]
    public void A_checkpoint_must_be_whole()
    {
        var epoch = new Artifact.Weights(_folder["epoch_0"]);
        Assert.Equal($"there is no checkpoint {epoch.Path}", Missing(epoch));
        Write("epoch_0/adapter_config.json", "{}"u8.ToArray());
        Assert.Equal($"the checkpoint {epoch.Path} is not whole: there are no weights", Missing(epoch));
        var header = Encoding.UTF8.GetBytes("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""");
        byte[] weights = [.. BitConverter.GetBytes((long)header.Length), .. header, 0, 0, 0, 0];
        Write("epoch_0/adapter_model.safetensors", weights[..^2]);
        Assert.Contains("adapter_model.safetensors", Missing(epoch), StringComparison.Ordinal);
        Write("epoch_0/adapter_model.safetensors", weights);
        Assert.Null(Missing(epoch));
        Write("epoch_0/adapter_model.safetensors", weights, TimeSpan.FromHours(1));
        Write("epoch_0/adapter_config.json", "{}"u8.ToArray(), TimeSpan.FromHours(1));
        Assert.Equal($"the checkpoint {epoch.Path} is older than the run", Missing(epoch));
    }

    [Fact]
    public void An_evaluation_s_own_log_must_say_success_and_an_older_log_counts_for_nothing()
    {
        var logs = new Artifact.Evaluation(_folder["logs"], null);
        Assert.Equal($"there is no log of an evaluation in {logs.Folder}", Missing(logs));
        Write("logs/a.eval", SomeEval.Finished().Bytes, TimeSpan.FromHours(1));
        Assert.Equal($"there is no log of an evaluation in {logs.Folder}", Missing(logs));
        Write("logs/a.eval", SomeEval.Finished().Bytes[..100]);
        Assert.StartsWith("a.eval ", Missing(logs), StringComparison.Ordinal);
        Write("logs/b.eval", SomeEval.Finished().Bytes);
        Assert.Null(Missing(logs));
        File.Delete(_folder["logs/a.eval"]);
        Assert.Equal($"there is no log of the task nobody in {logs.Folder}", Missing(logs with { Task = "nobody" }));
    }

    [Fact]
    public void All_that_is_missing_is_told_at_once() =>
        Assert.Equal($"there is no file {_folder["x"]}; there is no checkpoint {_folder["epoch_1"]}", Missing(new Artifact.Document(_folder["x"]), new Artifact.Weights(_folder["epoch_1"])));
}
