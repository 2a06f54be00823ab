using System.Text;
using Vigil.Core.Tests.Evaluations;
using Vigil.Evaluations;
using Vigil.Platform;
using Vigil.Tests.House;

namespace Vigil.Tests.Evaluations;

/// <summary>Logs of evaluations on disk.</summary>
public sealed class EvalLogFileTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ZstdSupport _zstd = Zstd.Find(Zstd.Library);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_log_packed_with_zstd_says_the_same_as_one_packed_with_deflate()
    {
        SystemZstd.Demand();
        var (zstd, deflate) = (Log(Write("a.eval", SomeEval.Finished(93, SystemZstd.Pack).Bytes)), Log(Write("b.eval", SomeEval.Finished().Bytes)));

        Assert.Equal(deflate with { Scores = [], Usage = [] }, zstd with { Scores = [], Usage = [] });
        Assert.Equal(deflate.Scores.SelectMany(static s => s.Metrics), zstd.Scores.SelectMany(static s => s.Metrics));
    }

    [Fact]
    public void A_log_packed_with_zstd_that_is_cut_anywhere_is_finished_only_with_its_whole_header()
    {
        SystemZstd.Demand();
        var (whole, entries) = (SomeEval.Finished(93, SystemZstd.Pack).Bytes, SomeEval.Finished(93, SystemZstd.Pack).Entries.Length);
        for (var length = 0; length <= whole.Length; length++)
        {
            var reading = EvalReadingOf.Bytes(whole[..length], _zstd);

            Assert.Equal(length >= entries, reading is EvalReading.Read { Log.Status: EvalStatus.Success });
        }
    }

    [Fact]
    public void Without_the_library_a_zstd_log_says_so_and_others_are_read()
    {
        var without = Zstd.Find("libzstd-of-nobody.so.1");

        Assert.IsType<EvalReading.Read>(EvalLogFile.Read(Write("a.eval", SomeEval.Finished().Bytes), without));
        var reading = Assert.IsType<EvalReading.Refused>(EvalLogFile.Read(Write("b.eval", SomeEval.Finished(93, SomeZip.Stored).Bytes), without));
        Assert.Contains("libzstd1", Assert.IsType<EvalTrouble.ZstdMissing>(reading.Trouble).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("again and again", "success")]
    [InlineData("never back", "success")]
    [InlineData("wide", "success")]
    [InlineData("killed", "unfinished")]
    public void Files_that_Python_writes_are_read(string way, string status)
    {
        var outcome = Shell.Run(_folder.Path, "python3", "-c", Python, way, SomeEval.Start, SomeEval.Header());
        Assert.True(outcome.ExitCode == 0, outcome.ToString());

        var log = Log(_folder["a.eval"]);

        Assert.Equal(status == "success" ? new EvalStatus.Success() : new EvalStatus.Unfinished(3), log.Status);
        if (status == "success") Assert.Equal(double.NaN, log.Scores[1].Metrics[0].Value);
    }

    private const string Python = """
        import json, os, sys, zipfile
        way, start, header = sys.argv[1], *(json.dumps(json.loads(text), indent=2) for text in sys.argv[2:])
        class Forward:
            def __init__(self, file): self.file = file
            def write(self, data): return self.file.write(data)
            def flush(self): self.file.flush()
        entries = [('_journal/start.json', start)] + [(f'samples/{i}_epoch_1.json', json.dumps({'id': i, 'value': float('nan')})) for i in range(3)] + [('header.json', header)] * (way != 'killed')
        if way == 'again and again':
            for name, content in entries:
                with zipfile.ZipFile('a.eval', 'a', zipfile.ZIP_DEFLATED, compresslevel=5) as log: log.writestr(name, content)
        else:
            with open('a.eval', 'wb') as file:
                log = zipfile.ZipFile(Forward(file) if way == 'never back' else file, 'w', zipfile.ZIP_DEFLATED)
                for name, content in entries:
                    with log.open(name, 'w', force_zip64=way == 'wide') as entry: entry.write(content.encode())
                if way == 'killed':
                    file.flush()
                    os._exit(0)
                log.close()
        """;

    [Fact]
    public void What_cannot_be_opened_is_a_value()
    {
        Assert.Equal(0, Shell.Run(_folder.Path, "mkfifo", "pipe.eval").ExitCode);
        Directory.CreateDirectory(_folder["folder.eval"]);

        foreach (var name in (string[])["none.eval", "pipe.eval", "folder.eval"])
            Assert.IsType<EvalTrouble.CannotBeRead>(Assert.IsType<EvalReading.Refused>(EvalLogFile.Read(_folder[name], _zstd)).Trouble);
    }

    [Fact]
    public void Logs_are_found_in_the_order_in_which_they_began_and_other_JSON_is_left_out()
    {
        Write("run/eval/z_first.eval", Created("2026-02-11T10:00:00+00:00"));
        Write("run/eval/a_third.json", Encoding.UTF8.GetBytes(SomeEval.Header().Replace("2026-02-11T15:18:04-05:00", "2026-02-11T12:00:00+00:00", StringComparison.Ordinal)));
        Write("run/b_second.eval", Created("2026-02-11T06:00:00-05:00"));
        Write("run/torn.eval", SomeEval.Finished().Bytes[..50]);
        Write("run/torn.json", Encoding.UTF8.GetBytes(SomeEval.Header()[..400]));
        Write("run/trainer_state.json", "{\"global_step\":5}"u8.ToArray());
        Write("run/empty.json", []);
        Write("run/notes.txt", "x"u8.ToArray());

        var found = EvalLogFolder.Whole.Find(_folder.Path, _zstd);

        Assert.Null(found.LeftOut);
        Assert.Equal(["run/eval/z_first.eval", "run/b_second.eval", "run/eval/a_third.json", "run/torn.eval", "run/torn.json"], found.Logs.Select(l => Path.GetRelativePath(_folder.Path, l.Path)));
        Assert.All(found.Logs.TakeLast(2), static l => Assert.IsType<EvalTrouble.Cut>(Assert.IsType<EvalReading.Refused>(l.Reading).Trouble));
    }

    [Fact]
    public void Links_are_not_followed()
    {
        using var elsewhere = new TempFolder();
        File.WriteAllBytes(elsewhere["a.eval"], SomeEval.Finished().Bytes);
        Directory.CreateSymbolicLink(_folder["away"], elsewhere.Path);
        Directory.CreateSymbolicLink(_folder["circle"], _folder.Path);
        File.CreateSymbolicLink(_folder["link.eval"], elsewhere["a.eval"]);

        Assert.Empty(EvalLogFolder.Whole.Find(_folder.Path, _zstd).Logs);
    }

    [Fact]
    public void A_search_that_runs_away_ends_and_says_so()
    {
        for (var i = 0; i < 5; i++) Write($"{i}.eval", SomeEval.Unfinished().Bytes);

        var found = new EvalLogFolder(3).Find(_folder.Path, _zstd);

        Assert.Equal(3, found.Logs.Length);
        Assert.Contains("more than 3 files", found.LeftOut, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_not_there_has_no_logs() => Assert.Empty(EvalLogFolder.Whole.Find(_folder["nowhere"], _zstd).Logs);

    private EvalLog Log(string path) => Assert.IsType<EvalReading.Read>(EvalLogFile.Read(path, _zstd)).Log;

    private static byte[] Created(string time) => SomeEval.Finished(header: SomeEval.Header().Replace("2026-02-11T15:18:04-05:00", time, StringComparison.Ordinal)).Bytes;

    private string Write(string name, byte[] bytes)
    {
        var path = _folder[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
