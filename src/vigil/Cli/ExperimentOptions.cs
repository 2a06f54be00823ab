using System.CommandLine;

namespace Vigil.Cli;

/// <summary>The words <c>[EXPERIMENT] [OVERRIDES]</c> and the options that go with them.</summary>
internal sealed record ExperimentOptions(Argument<string[]> Words, Option<string?> ConfigDir, Option<string?> ConfigName)
{
    public static ExperimentOptions Create() => new(
        new Argument<string[]>("EXPERIMENT") { Description = "a YAML file, or a folder with an experiment.yaml (default: the experiment.yaml here); KEY=VALUE changes it for this time", HelpName = "[EXPERIMENT] [KEY=VALUE …]", Arity = ArgumentArity.ZeroOrMore },
        new Option<string?>("--config-dir", "-C") { Description = "where experiments are looked up by name (default: config)", HelpName = "DIR" },
        new Option<string?>("--config-name") { Description = "the experiment's name under the config folder", HelpName = "NAME" });

    public ExperimentWords Read(ParseResult parsed) => new(parsed.GetValue(Words) ?? [], parsed.GetValue(ConfigDir), parsed.GetValue(ConfigName));
}
