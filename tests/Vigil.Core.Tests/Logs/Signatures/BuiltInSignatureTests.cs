using System.Runtime.CompilerServices;
using Vigil.Configuration;
using Vigil.Logs.Signatures;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Core.Tests.Logs.Signatures;

/// <summary>The packs that come with the program, on the lines they carry and on lines of healthy runs.</summary>
public sealed class BuiltInSignatureTests
{
    private static SignaturePack Pack => SignaturePack.BuiltIn;

    public static TheoryData<string, string> Samples => new(Pack.Signatures.SelectMany(static s => s.Samples.Select(line => (s.Name, line.Text))));

    public static TheoryData<string, string> Decoys => new(Pack.Signatures.SelectMany(static s => s.Not.Select(line => (s.Name, line.Text))));

    public static TheoryData<string> Files => new(Directory.EnumerateFiles(Folder(), "*.yaml").Select(static f => Path.GetFileName(f)!));

    [Theory, MemberData(nameof(Samples))]
    public void A_sample_line_shows_its_own_failure_and_no_other_is_taken_for_the_cause(string name, string line) =>
        Assert.Equal(name, Pack.Classify([line])?.Signature.Name);

    [Theory, MemberData(nameof(Decoys))]
    public void A_line_that_resembles_a_failure_does_not_show_it(string name, string line) =>
        Assert.NotEqual(name, Pack.Classify([line])?.Signature.Name);

    [Theory, MemberData(nameof(Files))]
    public void A_shipped_pack_holds_its_own_tests(string file)
    {
        var report = new DiagnosticBag();
        var pack = SignaturePack.Read(new SourceFile(file, file, File.ReadAllText(Path.Combine(Folder(), file))), report);
        pack.Check(report);

        Assert.Empty(report.All);
        Assert.All(pack.Signatures, s => Assert.True(s.Samples.Length >= 2 && s.Not.Length >= 1, $"{s.Name} has too few lines"));
        Assert.All(pack.Signatures, s => Assert.Contains(Pack.Signatures, built => built.Name == s.Name));
    }

    [Fact]
    public void Each_name_stands_for_one_signature_over_all_files()
    {
        Assert.Equal(Pack.Signatures.Length, Pack.Signatures.Select(static s => s.Name).Distinct().Count());
        Assert.Equal(Directory.EnumerateFiles(Folder(), "*.yaml").Sum(static f => File.ReadLines(f).Count(static l => l.StartsWith("  - name: ", StringComparison.Ordinal))), Pack.Signatures.Length);
    }

    [Fact]
    public void A_healthy_log_of_Megatron_with_all_its_settings_shows_no_failure()
    {
        var lines = File.ReadAllLines(Path.Combine(Here(), "healthy-megatron.log"));

        Assert.True(lines.Length > 100);
        Assert.Null(Pack.Classify(lines));
    }

    [Theory, MemberData(nameof(Files))]
    public void A_pack_printed_into_a_log_shows_no_failure(string file)
    {
        var lines = File.ReadAllLines(Path.Combine(Folder(), file));

        Assert.Null(Pack.Classify(lines));
        Assert.Null(Pack.Classify([.. lines.Select(static l => l.Trim())]));
        Assert.Null(Pack.Classify([.. lines.Select(static l => "      " + l)]));
    }

    [Theory]
    [InlineData("monitoring/megatron_basic.yaml")]
    [InlineData("monitoring/default.yaml")]
    public void A_rule_file_printed_into_a_log_shows_no_failure(string file) =>
        Assert.Null(Pack.Classify(File.ReadAllLines(Path.Combine(Folder(), "..", file))));

    [Theory]
    [InlineData(FailureCause.Infrastructure, "nccl_timeout", "nccl_error", "gpu_hardware", "nvlink", "preemption", "node_failure", "disk_full", "stale_file_handle")]
    [InlineData(FailureCause.Timeout, "time_limit")]
    [InlineData(FailureCause.Numeric, "nan_abort", "nan_loss")]
    [InlineData(FailureCause.Crash, "cuda_oom", "host_oom", "segmentation_fault", "cuda_fault", "traceback")]
    [InlineData(FailureCause.UserError, "missing_module", "bad_argument")]
    public void The_causes_are_those_of_the_contract(FailureCause cause, params string[] names) =>
        Assert.All(names, name => Assert.Equal(cause, Pack.Signatures.Single(s => s.Name == name).Cause));

    [Fact]
    public void What_names_a_cause_beats_what_is_general_wherever_it_stands()
    {
        string[] log =
        [
            "[rank3]: Traceback (most recent call last):",
            "[rank3]: torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 3 has a total capacity of 79.10 GiB",
            "[rank0]:[E321 02:07:08.4 ProcessGroupNCCL.cpp:607] [Rank 0] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=1, OpType=ALLREDUCE, Timeout(ms)=600000) ran for 600060 milliseconds before timing out.",
            "srun: error: n3: task 3: Exited with exit code 1",
        ];
        var found = Pack.Classify(log)!;

        Assert.Equal(("cuda_oom", 1), (found.Signature.Name, found.Index));
        Assert.Equal("nccl_timeout", Pack.Classify(log[2..])!.Signature.Name);
        Assert.Equal("traceback", Pack.Classify(log[..1])!.Signature.Name);
        Assert.Null(Pack.Classify(log[3..]));
    }

    private static string Here([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;

    private static string Folder() => Path.GetFullPath(Path.Combine(Here(), "../../../../config/signatures"));
}
