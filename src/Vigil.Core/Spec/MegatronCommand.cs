using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Configuration.Megatron;

namespace Vigil.Spec;

/// <summary>Makes the command of the <c>megatron</c> backend: launcher, the settings of <c>backend.megatron</c> as options, extra words.</summary>
internal static class MegatronCommand
{
    private const string DefaultLauncher = "scripts/run_megatron.sh", Path = "backend.megatron";

    public static CommandSpec.Words? Read(ConfigNode.Mapping section, BackendSpec backend, WsdCopies copies, DiagnosticBag report)
    {
        var words = ImmutableArray.CreateBuilder<string>();
        var fits = true;
        if (backend.UseTorchrun)
        {
            words.AddRange(Split(backend.PythonCmd));
            words.AddRange("-u", "-m", "torch.distributed.run");
            fits &= HasScript(section, backend, report) & OptionWords.AddOptions(TorchrunArguments.Read(section["torchrun_args"], report), "backend.torchrun_args", words, report);
        }
        words.AddRange(Split(backend.LauncherScript ?? DefaultLauncher));
        fits &= Add(Arguments(section, report), section, backend, copies, words, report);
        fits &= OptionWords.Add(section["extra_cli_args"], "backend.extra_cli_args", words, report);
        return fits ? new CommandSpec.Words(section, words.DrainToImmutable()) : null;
    }

    /// <summary>What is started otherwise, when nothing is said, is a script of bash, which Python cannot read.</summary>
    private static bool HasScript(ConfigNode.Mapping section, BackendSpec backend, DiagnosticBag report)
    {
        if (!string.IsNullOrWhiteSpace(backend.LauncherScript)) return true;
        report.Error("CFG042", (section["launcher_script"] ?? section["megatron"] ?? section["args"] ?? section["use_torchrun"] ?? section).At, "there is nothing for torchrun to run: 'backend.launcher_script' is missing or empty", "the Python file that takes Megatron's options, such as backend.launcher_script: pretrain_gpt.py");
        return false;
    }

    private static bool Add(ConfigNode? arguments, ConfigNode.Mapping section, BackendSpec backend, WsdCopies copies, ImmutableArray<string>.Builder words, DiagnosticBag report)
    {
        var known = MegatronArguments.BuiltIn.With(section["known_args"], "backend.known_args", report);
        if (arguments is not ConfigNode.Mapping map) return OptionWords.AddOptions(arguments, Path, words, report);
        var writer = new MegatronWords(Path, backend.DifferentialCmd ? MegatronDefaults.LeftOut : MegatronDefaults.Written, report);
        var fits = true;
        var given = new Dictionary<MegatronArgument, string>();
        foreach (var entry in new MegatronLengths(Path, report).Worked(map, copies).Entries)
        {
            var name = MegatronArguments.NameOf(entry.Key);
            if (known.Find(name) is { } key)
            {
                if (!ScalarValue.IsNull(entry.Value) && !given.TryAdd(key.Argument, entry.Key)) report.Error("CFG057", entry.KeyAt, $"'{Path}.{entry.Key}' and '{Path}.{given[key.Argument]}' are the same argument of Megatron", "keep one of them");
                fits &= writer.Add(key, entry, words);
            }
            else
            {
                known.ReportUnknown(entry, Path, MegatronLengths.Names, report);
                fits &= OptionWords.AddSetting(name, entry.Value, $"{Path}.{entry.Key}", OptionForm.Default, words, report);
            }
        }
        return fits;
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
