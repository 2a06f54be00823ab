using System.Collections.Immutable;
using System.Text;
using Vigil.Schedulers;
using Vigil.Schedulers.Slurm.Ssh;

namespace Vigil.Tests.Slurm;

/// <summary>A cluster's commands and files over a real OpenSSH on loopback.</summary>
public sealed class SshSiteTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_command_reaches_the_cluster_word_by_word_whatever_the_words_hold()
    {
        using var place = await OpenAsync();
        string[] words = ["plain", "", "two words", "it's", "\"q\"", "$HOME `id` $(id)", "line\nbreak", "!history", "*", "~", "-n", "ü€\x1f\x1e"];

        var outcome = await place.Site.RunAsync(["printf", "%s|", .. words], Limit, Stop);

        Assert.Equal((0, string.Concat(words.Select(static w => $"{w}|")), ""), (outcome.ExitCode, outcome.Output, outcome.Errors));
        var failing = await place.Site.RunAsync(["bash", "-c", "echo out; echo err >&2; cat; exit 3"], Limit, Stop);
        Assert.Equal((3, "out\n", "err\n"), (failing.ExitCode, failing.Output, failing.Errors));
        Assert.Equal(127, (await place.Site.RunAsync(["no-such-program"], Limit, Stop)).ExitCode);
    }

    [Fact]
    public async Task What_a_login_shell_prints_is_no_part_of_an_answer()
    {
        using var place = SshPlace.Start();
        File.WriteAllText(place["home", ".bashrc"], "echo '*** Welcome to the cluster ***'; echo 'disk quota: 99%' >&2; trap 'echo bye; echo bye >&2' EXIT\n");
        await place.OpenAsync(Stop);

        var outcome = await place.Site.RunAsync(["bash", "--norc", "-c", "echo out; echo err >&2"], Limit, Stop);

        Assert.Equal((0, "out\n", "err\n"), (outcome.ExitCode, outcome.Output, outcome.Errors));
        Assert.NotNull(await place.Site.MarksAsync([place.Root], Stop));
    }

    [Theory]
    [InlineData("dash")]
    [InlineData("fish")]
    public async Task A_login_shell_that_is_not_bash_will_do(string shell)
    {
        if (!File.Exists($"/usr/bin/{shell}")) Assert.Skip($"no {shell} here");
        using var place = SshPlace.Start();
        place.Session(forceCommand: $"exec /usr/bin/{shell} -c \"$SSH_ORIGINAL_COMMAND\"");
        await place.OpenAsync(Stop);

        Assert.Equal("it's|$HOME|", (await place.Site.RunAsync(["printf", "%s|", "it's", "$HOME"], Limit, Stop)).Output);
    }

    [Fact]
    public async Task A_program_that_only_a_login_shell_finds_is_found_and_what_formats_answers_does_not_reach_it()
    {
        using var place = SshPlace.Start();
        Directory.CreateDirectory(place["tools"]);
        foreach (var tool in (string[])["bash", "env"]) File.CreateSymbolicLink(place["tools", tool], $"/usr/bin/{tool}");
        place.Session(new Dictionary<string, string> { ["PATH"] = place["tools"], ["SQUEUE_FORMAT"] = "nonsense", ["SBATCH_WAIT"] = "1" });
        Directory.CreateDirectory(place["slurm"]);
        File.WriteAllText(place["slurm", "sbatch"], "#!/bin/sh\necho \"format=$SQUEUE_FORMAT wait=$SBATCH_WAIT\"\n");
        File.SetUnixFileMode(place["slurm", "sbatch"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.WriteAllText(place["home", ".profile"], $"echo Loading modules; PATH={place["slurm"]}:$PATH\n");
        await place.OpenAsync(Stop);

        Assert.Equal("format= wait=\n", (await place.Site.RunAsync(["env", "LC_ALL=C", "sbatch"], Limit, Stop)).Output);
    }

    [Fact]
    public async Task The_marks_of_many_attempts_are_one_question_and_half_a_file_is_none_yet()
    {
        using var place = await OpenAsync();
        string Folder(string name) => $"{place.Root}/{name}/attempts/1";
        string[] names = ["whole", "half", "empty", "it's\n\"odd\"", "not there", "-f"];
        foreach (var name in names[..^2].Append("-f")) Directory.CreateDirectory(Folder(name));
        const string mark = """{"job_id":"17","pid":4,"start":5,"boot":"b","host":"n1","restart":2}""";
        foreach (var name in (string[])["whole", "it's\n\"odd\"", "-f"]) File.WriteAllText($"{Folder(name)}/claim", mark);
        File.WriteAllText($"{Folder("whole")}/exit.json", """{"code":0,"signal":null,"host":"n1","time":"2026-11-22T09:00:00+01:00"}""");
        File.WriteAllText($"{Folder("half")}/claim", mark[..20]);
        File.WriteAllText($"{Folder("empty")}/claim", "");

        var marks = await place.Site.MarksAsync([.. names.Select(Folder)], Stop);

        Assert.Equal(["17", null, null, "17", null, "17"], marks!.Value.Select(static m => m.Claim?.JobId));
        Assert.Equal([true, true, true, true, false, true], marks.Value.Select(static m => m.HasClaim));
        Assert.Equal((0, 2), (marks.Value[0].Exit!.Code, marks.Value[0].Claim!.Restart));
    }

    [Fact]
    public async Task A_folder_of_the_experiment_that_cannot_be_there_is_no_answer_instead_of_no_marks()
    {
        using var place = await OpenAsync();
        var site = place.Sites.Of("cluster", "/proc/no/such/place");

        Assert.Null(await site.MarksAsync(["/proc/no/such/place/run/attempts/1"], Stop));
        Assert.Null(await site.LastWritesAsync(["/proc/no/such/place/run"], Stop));
    }

    [Fact]
    public async Task Last_writes_are_told_on_the_clock_of_the_files_machine()
    {
        using var place = await OpenAsync();
        var (run, log) = ($"{place.Root}/run", $"{place.Root}/run/slurm-17.out");
        Directory.CreateDirectory(run);
        File.WriteAllText(log, "x");
        var old = DateTimeOffset.UtcNow - TimeSpan.FromHours(3);
        File.SetLastWriteTimeUtc(log, old.UtcDateTime);
        Directory.SetLastWriteTimeUtc(run, old.UtcDateTime.AddHours(-1));

        var writes = await place.Site.LastWritesAsync([log, run, $"{run}/no", run], Stop);

        Assert.Equal(old, writes!.Newest[0]!.Value, TimeSpan.FromMilliseconds(1));
        Assert.Equal(writes.Newest[0], writes.Newest[1]);
        Assert.Null(writes.Newest[2]);
        Assert.Equal(writes.Newest[1], writes.Newest[3]);
        Assert.Equal(DateTimeOffset.UtcNow, writes.Now, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task The_last_lines_of_logs_are_whole_lines()
    {
        using var place = await OpenAsync();
        Directory.CreateDirectory(place.Root);
        var (small, large) = ($"{place.Root}/a'b", $"{place.Root}/large");
        File.WriteAllText(small, "one\ntwo\r\nthree");
        File.WriteAllLines(large, Enumerable.Range(0, 5000).Select(static i => $"line {i}"));

        var lines = await place.Site.LastLinesAsync([small, $"{place.Root}/none", large], Stop);

        Assert.Equal(["one", "two", "three"], lines[0]);
        Assert.Empty(lines[1]);
        Assert.Equal(200, lines[2].Count);
        Assert.Equal(("line 4800", "line 4999"), (lines[2][0], lines[2][^1]));
    }

    [Fact]
    public async Task New_bytes_of_logs_come_as_they_are_and_only_where_there_are_some()
    {
        using var place = await OpenAsync();
        Directory.CreateDirectory(place.Root);
        byte[] bytes = [.. Enumerable.Range(0, 70_000).Select(static i => (byte)(i * 7))];
        var (log, grown) = ($"{place.Root}/lo\ng", $"{place.Root}/it's grown");
        File.WriteAllBytes(log, bytes);
        File.WriteAllText(grown, "0123456789");

        var (pieces, trouble) = await place.Site.ReadLogsAsync([new($"{place.Root}/none", 0, 0, 9), new(log, 0, 0, 1 << 20), new(grown, 10, 4, 100), new(grown, 8, 4, 5), new(grown, 90, 50, 9)], Stop);

        Assert.Null(trouble);
        Assert.Null(pieces!.Value[0]);
        Assert.Equal(bytes, pieces.Value[1]!.Bytes.ToArray());
        Assert.Equal([(10, ""), (10, "45678"), (10, "")], pieces.Value.Skip(2).Select(static p => ((int)p!.Size, Encoding.ASCII.GetString(p.Bytes.Span))));
    }

    [Fact]
    public async Task Files_go_over_with_their_modes_and_links_and_folders_that_jobs_need_are_made()
    {
        using var place = await OpenAsync();
        var here = place["here", "run", "attempts", "1"];
        Directory.CreateDirectory(here);
        File.WriteAllText($"{here}/script.sbatch", "#!/bin/bash\n");
        File.SetUnixFileMode($"{here}/script.sbatch", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.CreateSymbolicLink($"{here}/0", "../../logs");
        var upload = new Upload("vigil:1", "laptop /home/me/x");
        upload.Add(place["here", "run"], "-run's");
        upload.AddFolder($"{place.Root}/far\naway");

        Assert.Null(await place.Site.SendAsync(upload, Stop));

        var there = $"{place.Root}/-run's/attempts/1";
        Assert.Equal("#!/bin/bash\n", File.ReadAllText($"{there}/script.sbatch"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode($"{there}/script.sbatch"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(there));
        Assert.Equal("../../logs", new FileInfo($"{there}/0").LinkTarget);
        Assert.True(Directory.Exists($"{place.Root}/far\naway"));
        Assert.Null(await place.Site.SendAsync(upload, Stop));     // again, as after a crash

        var refused = await place.Site.SendAsync(new Upload("vigil:2", "laptop /home/me/y"), Stop);
        Assert.Contains("holds another experiment, laptop /home/me/x: give this one a slurm.dir of its own", refused, StringComparison.Ordinal);
        Assert.NotNull(await place.Sites.Of("cluster", "/proc/no").SendAsync(upload, Stop));
    }

    [Fact]
    public async Task Half_of_a_copy_is_a_refusal()
    {
        using var place = await OpenAsync();
        Directory.CreateDirectory(place["here"]);
        File.WriteAllText(place["here", "script.sbatch"], new string('x', 100_000) + Guid.NewGuid());
        var upload = new Upload("vigil:1", "me");
        upload.Add(place["here"], "run");
        var pack = upload.Pack();

        var answer = await place.Connection.AskAsync(RemoteScripts.Receive, (byte[])[.. RemoteScripts.Data([place.Root, "vigil:1", "me", ""]), .. pack[..(pack.Length / 2)]], Limit, Stop);

        Assert.Equal(1, answer.Marked!.Code);
        Assert.Equal("refused", answer.Marked.Parts[0].Header);
    }

    private static async Task<SshPlace> OpenAsync()
    {
        var place = SshPlace.Start();
        await place.OpenAsync(Stop);
        return place;
    }
}
