using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>Makes the command of the <c>megatron</c> backend: launcher, the settings of <c>backend.megatron</c> as options, extra words.</summary>
internal static class MegatronCommand
{
    private const string DefaultLauncher = "scripts/run_megatron.sh";

    /// <summary>What the predecessor's <c>AutoMegatronBackend</c> worked out, and how it is said here. The trainer knows no such option.</summary>
    private static readonly (string Key, string Instead)[] WorkedOut =
    [
        ("train_tokens", "train_iters: ${oc.cdivi:TOKENS,${oc.muli:${.seq_length},${.global_batch_size}}}"),
        ("lr_decay_fraction", "lr_decay_iters: ${oc.int:${oc.mul:${.train_iters},FRACTION}}"),
    ];

    public static CommandSpec.Words? Read(ConfigNode.Mapping section, BackendSpec backend, DiagnosticBag report)
    {
        var words = ImmutableArray.CreateBuilder<string>();
        var fits = true;
        if (backend.UseTorchrun)
        {
            words.AddRange(Split(backend.PythonCmd));
            words.AddRange("-u", "-m", "torch.distributed.run");
            fits &= OptionWords.AddOptions(section["torchrun_args"], "backend.torchrun_args", words, report);
        }
        words.AddRange(Split(backend.LauncherScript ?? DefaultLauncher));
        var arguments = Arguments(section, report);
        foreach (var (key, instead) in WorkedOut)
            if (arguments is ConfigNode.Mapping map && map[key] is { } node && !ScalarValue.IsNull(node)) report.Error("CFG057", node.At, $"'{key}' is no option of Megatron", $"work it out in the file: {instead}");
        fits &= OptionWords.AddOptions(arguments, "backend.megatron", words, report);
        fits &= OptionWords.Add(section["extra_cli_args"], "backend.extra_cli_args", words, report);
        return fits ? new CommandSpec.Words(section, words.DrainToImmutable()) : null;
    }

    /// <summary>One mapping under either of its names; keys set under both are taken from <c>megatron</c>.</summary>
    private static ConfigNode? Arguments(ConfigNode.Mapping section, DiagnosticBag report)
    {
        var (args, megatron) = (section["args"], section["megatron"]);
        if (args is null || ScalarValue.IsNull(args)) return megatron;
        if (megatron is null || ScalarValue.IsNull(megatron)) return args;
        if ((args, megatron) is (ConfigNode.Mapping { Entries: var below }, ConfigNode.Mapping { Entries: var above }))
            foreach (var entry in below)
                if (above.Any(e => e.Key == entry.Key))
                    report.Error("CFG057", entry.KeyAt, $"'{entry.Key}' is set under 'backend.args' and under 'backend.megatron'", "both names mean the same mapping: keep one of them");
        return Merging.Merge(args, megatron) ?? megatron;
    }

    private static string[] Split(string words) => words.Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);
}
