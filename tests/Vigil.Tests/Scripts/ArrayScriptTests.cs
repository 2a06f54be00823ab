using System.Collections.Immutable;
using System.Text.Json;
using Vigil.Planning;
using Vigil.Rendering;

namespace Vigil.Tests.Scripts;

public sealed class ArrayScriptTests : IDisposable
{
    private readonly ScriptPlace _place = new();
    public void Dispose() => _place.Dispose();

    private string Array => $"{_place.Dir}/arrays/0123ab";

    private ArrayMember Member(string name, string line)
    {
        var dir = $"{_place.Dir}/{name}";
        var run = _place.Run(line) with { Id = new(name), OutputDir = dir, LogPath = $"{LogPattern.Escape(dir)}/slurm-%j.out", LogPathCurrent = $"{dir}/current.log" };
        return new(run with { Slurm = new() { PackKey = "k", Sbatch = [new("partition", "main")] } }, new(new(new(name), 1), null), $"{dir}/attempts/1");
    }

    private ArrayFiles Write(params ImmutableArray<ArrayMember> members)
    {
        var files = ArrayScript.Render(members, Array, "tiny.0123ab", "vigil:99", new(Array: new(0, 4), Dependency: "afterok:17"));
        Directory.CreateDirectory(Array);
        File.WriteAllText($"{Array}/script.sbatch", files.Script);
        File.WriteAllText($"{Array}/folders", files.Folders);
        foreach (var member in members)
        {
            Directory.CreateDirectory(member.Folder);
            File.WriteAllText($"{member.Folder}/script.sbatch", ScriptRenderer.Render(member.Run, member.Start, member.Folder));
        }
        return files;
    }

    [Fact]
    public void Each_task_runs_the_script_of_its_own_run_whatever_that_is_called()
    {
        string[] names = ["a", "b c", "it's \"q\" $(x) 50%", "é\tü"];
        Write([.. names.Select((n, i) => Member(n, $"echo run {i}"))]);
        for (var i = 0; i < names.Length; i++)
        {
            var job = _place.Start($"{Array}/script.sbatch", job: $"3{i}", array: $"30_{i}");
            Assert.Equal((0, $"run {i}\n"), (job.End(), job.Log));
            Assert.Equal($"30_{i}", JsonDocument.Parse(File.ReadAllText($"{_place.Dir}/{names[i]}/attempts/1/started.json")).RootElement.GetProperty("job_id").GetString());
        }
        var beyond = _place.Start($"{Array}/script.sbatch", job: "39", array: "30_9");
        Assert.Equal(74, beyond.End());
        Assert.Contains("no task 9", beyond.Log, StringComparison.Ordinal);
        Assert.Equal(64, _place.Start($"{Array}/script.sbatch", job: "40").End());
    }

    [Fact]
    public void The_index_says_which_task_is_which_run_and_the_links_lead_into_the_runs_folders()
    {
        var files = Write(Member("a", "true"), Member("b 50%", "true"));
        Assert.Contains($"#SBATCH --output={Array}/%a/slurm-%j.out\n", files.Script, StringComparison.Ordinal);
        Assert.Equal([new("0", $"{_place.Dir}/a"), new("1", $"{_place.Dir}/b 50%")], files.Links);
        var tasks = JsonDocument.Parse(files.Index).RootElement.GetProperty("tasks");
        Assert.Equal(("b 50%", "b 50%.1", $"{_place.Dir}/b 50%/attempts/1", $"{_place.Dir}/b 50%"),
            (tasks[1].GetProperty("run").GetString(), tasks[1].GetProperty("attempt").GetString(), tasks[1].GetProperty("folder").GetString(), tasks[1].GetProperty("log_folder").GetString()));
        Assert.Equal(4, files.Index.Split('\n').Count(static l => l.Length > 0));
        Assert.Contains("#SBATCH --array=0-1%4\n#SBATCH --dependency=afterok:17\n#SBATCH --kill-on-invalid-dep=yes\n", files.Script, StringComparison.Ordinal);
        Assert.Contains("#SBATCH --comment=vigil:99\n", files.Script, StringComparison.Ordinal);
    }

    [Fact]
    public void Runs_that_ask_for_different_things_are_no_array()
    {
        var other = Member("b", "true");
        other = other with { Run = other.Run with { Slurm = other.Run.Slurm! with { PackKey = "other" } } };
        Assert.Throws<ArgumentException>(() => ArrayScript.Render([Member("a", "true"), other], Array, "x", "t"));
    }
}
