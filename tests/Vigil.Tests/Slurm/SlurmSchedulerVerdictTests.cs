using System.Diagnostics;
using Vigil.Schedulers.Slurm;
using Vigil.Tests.House;

namespace Vigil.Tests.Slurm;

/// <summary>The table that joins the four witnesses.</summary>
public sealed class SlurmSchedulerVerdictTests
{
    private static IEnumerable<Evidence> Everything() =>
        from queue in Enum.GetValues<QueueSays>()
        from absence in Enum.GetValues<Absence>()
        from accounting in Enum.GetValues<AccountingSays>()
        from marks in Enum.GetValues<MarksSay>()
        from files in Enum.GetValues<FilesSay>()
        select new Evidence(queue, absence, accounting, marks, files);

    [Fact]
    public void Every_line_decides_something_and_everything_is_decided()
    {
        var used = Everything().Select(Verdicts.Of).ToHashSet(ReferenceEqualityComparer.Instance);

        Assert.All(Verdicts.Table, row => Assert.Contains(row, used));
    }

    [Fact]
    public void No_job_ends_because_nothing_is_heard_of_it()
    {
        foreach (var seen in Everything().Where(static e => Verdicts.Of(e).Verdict is Verdict.Over or Verdict.Lost))
        {
            Assert.NotEqual(QueueSays.Silent, seen.Queue);
            Assert.NotEqual(QueueSays.Lives, seen.Queue);
            Assert.NotEqual(MarksSay.Unknown, seen.Marks);
            var scheduler = seen.Queue is QueueSays.Over or QueueSays.OverUnstarted || seen.Accounting is AccountingSays.Over or AccountingSays.OverUnstarted;
            var job = seen.Marks is MarksSay.Exited or MarksSay.Refused;
            // A word of the scheduler or of the job; where there is neither, long silence of all and of the files.
            Assert.True(scheduler || job || seen is { Absence: >= Absence.Fence, Files: FilesSay.Quiet }, seen.ToString());
        }
    }

    [Fact]
    public void Nothing_that_may_still_write_is_over()
    {
        foreach (var seen in Everything().Where(static e => Verdicts.Of(e).Verdict is Verdict.Over or Verdict.Lost && e.Marks is MarksSay.Began))
            Assert.Equal(FilesSay.Quiet, seen.Files);
    }

    [Fact]
    public void What_is_asked_for_is_not_asked_for_again()
    {
        foreach (var seen in Everything())
        {
            if (Verdicts.Of(seen).Verdict is Verdict.AskAccounting) Assert.Equal(AccountingSays.Unasked, seen.Accounting);
            if (Verdicts.Of(seen).Verdict is Verdict.AskFiles) Assert.Equal(FilesSay.Unasked, seen.Files);
        }
    }

    [Theory]
    [InlineData(QueueSays.Lives, Absence.Once, AccountingSays.Over, MarksSay.Exited, FilesSay.Quiet, Verdict.Lives)]
    [InlineData(QueueSays.Silent, Absence.Long, AccountingSays.Over, MarksSay.Exited, FilesSay.Quiet, Verdict.Wait)]
    [InlineData(QueueSays.Over, Absence.Once, AccountingSays.Unasked, MarksSay.Exited, FilesSay.Unasked, Verdict.Over)]
    [InlineData(QueueSays.Over, Absence.Once, AccountingSays.Lives, MarksSay.Began, FilesSay.Moving, Verdict.Wait)]
    [InlineData(QueueSays.Over, Absence.Once, AccountingSays.Unasked, MarksSay.Other, FilesSay.Unasked, Verdict.Adopted)]
    [InlineData(QueueSays.OverUnstarted, Absence.Once, AccountingSays.Unasked, MarksSay.Unclaimed, FilesSay.Moving, Verdict.Over)]
    [InlineData(QueueSays.Absent, Absence.Once, AccountingSays.Over, MarksSay.Exited, FilesSay.Unasked, Verdict.Over)]
    [InlineData(QueueSays.Absent, Absence.Once, AccountingSays.Over, MarksSay.Began, FilesSay.Quiet, Verdict.Wait)]
    [InlineData(QueueSays.Absent, Absence.Thrice, AccountingSays.Over, MarksSay.Began, FilesSay.Quiet, Verdict.Over)]
    [InlineData(QueueSays.Absent, Absence.Thrice, AccountingSays.Silent, MarksSay.Exited, FilesSay.Unasked, Verdict.Over)]
    [InlineData(QueueSays.Absent, Absence.Long, AccountingSays.Silent, MarksSay.Began, FilesSay.Quiet, Verdict.Wait)]
    [InlineData(QueueSays.Absent, Absence.Thrice, AccountingSays.Off, MarksSay.Began, FilesSay.Quiet, Verdict.Wait)]
    [InlineData(QueueSays.Absent, Absence.Fence, AccountingSays.Off, MarksSay.Began, FilesSay.Quiet, Verdict.Lost)]
    [InlineData(QueueSays.Absent, Absence.Fence, AccountingSays.Lives, MarksSay.Began, FilesSay.Quiet, Verdict.Wait)]
    [InlineData(QueueSays.Absent, Absence.Long, AccountingSays.Lives, MarksSay.Began, FilesSay.Quiet, Verdict.Lost)]
    public void The_lines_that_matter_most(object queue, object absence, object accounting, object marks, object files, object verdict) =>
        Assert.Equal(verdict, Verdicts.Of(new((QueueSays)queue, (Absence)absence, (AccountingSays)accounting, (MarksSay)marks, (FilesSay)files)).Verdict);

    [Fact]
    public void The_document_shows_the_same_table()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs/slurm-witnesses.md"));

        Assert.Contains(Markdown(), document, StringComparison.Ordinal);
    }

    private static string Markdown() => string.Concat(Verdicts.Table.Select(static row =>
        $"| {Words(row.Queue, Word)} | {Word(row.Absence, row.Queue)} | {Words(row.Accounting, Word)} | {Words(row.Marks, Word)} | {Words(row.Files, Word)} | **{Word(row.Verdict)}** | {row.Why} |\n"));

    private static string Words<T>(T[]? says, Func<T, string> word) => says is null ? "" : string.Join(" or ", says.Select(word));

    private static string Word(QueueSays says) => says switch
    {
        QueueSays.Silent => "no answer",
        QueueSays.Absent => "not there",
        QueueSays.Lives => "lives",
        QueueSays.OverUnstarted => "over, never had a node",
        QueueSays.Over => "over",
        _ => throw new UnreachableException(),
    };

    private static string Word(Absence absence, QueueSays[]? queue) => queue is not null ? "" : absence switch
    {
        Absence.Once => "",
        Absence.Thrice => "3 answers",
        Absence.Fence => "3 answers, the fence",
        Absence.Long => "3 answers, 30 minutes",
        _ => throw new UnreachableException(),
    };

    private static string Word(AccountingSays says) => says switch
    {
        AccountingSays.Unasked => "not asked yet",
        AccountingSays.Silent => "no answer",
        AccountingSays.Off => "off",
        AccountingSays.Nothing => "knows no such job",
        AccountingSays.Lives => "lives",
        AccountingSays.OverUnstarted => "over, never had a node",
        AccountingSays.Over => "over",
        _ => throw new UnreachableException(),
    };

    private static string Word(MarksSay says) => says switch
    {
        MarksSay.Unknown => "cannot be read",
        MarksSay.Unclaimed => "no claim",
        MarksSay.Other => "claimed by another job",
        MarksSay.Began => "claimed, no exit",
        MarksSay.Refused => "refused",
        MarksSay.Exited => "exit",
        _ => throw new UnreachableException(),
    };

    private static string Word(FilesSay says) => says switch
    {
        FilesSay.Unasked => "not asked yet",
        FilesSay.Moving => "written",
        FilesSay.Quiet => "quiet",
        _ => throw new UnreachableException(),
    };

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Lives => "as squeue says",
        Verdict.Wait => "wait",
        Verdict.AskAccounting => "ask sacct",
        Verdict.AskFiles => "look at the files",
        Verdict.Over => "ended",
        Verdict.Lost => "lost",
        Verdict.Adopted => "watch that job",
        _ => throw new UnreachableException(),
    };
}
