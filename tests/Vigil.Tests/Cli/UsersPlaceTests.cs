using System.Text.RegularExpressions;

namespace Vigil.Tests.Cli;

/// <summary>A mistake that shows in one of Vigil's own config files is told where the user made it.</summary>
public sealed partial class UsersPlaceTests : IDisposable
{
    private const string Head = "defaults: [{backend: kohya}, {scheduler: local}, _self_]\n", Needed = "backend: {class_tokens: x, image_dir: y}\n";

    private readonly CommandLine _vigil = new();

    public void Dispose() => _vigil.Dispose();

    private string Refused(string yaml, params string[] overrides)
    {
        _vigil.Write("e.yaml", yaml);
        var plan = _vigil.Run(["plan", "e.yaml", .. overrides]);
        Assert.Equal(2, plan.ExitCode);
        Assert.DoesNotMatch(OfVigil(), plan.Errors);
        return plan.Errors;
    }

    [Theory]
    [InlineData("backend: {class_tokens: x, image_dir: y, vram: 24G}", "e.yaml:2:48: error CFG021: ${backend.presets.${backend.vram}} has no target: 'backend.presets' has no key '24G'", "did you mean '20G'?")]
    [InlineData("backend: {class_tokens: x, image_dir: y, base_model: /models/my.safetensors}", "e.yaml:2:54: error CFG021: ", "known here: flux-dev, flux-schnell, bdsqlsz/flux1-dev2pro-single. For another one set backend.base_model_file itself")]
    [InlineData("backend: {class_tokens: 'a {cat}', image_dir: y}", "e.yaml:2:25: error PLN020: 'backend.files' holds the placeholder {cat}, which is not known", @"text in braces is written \{cat}")]
    [InlineData("backend: {class_tokens: x, image_dir: y, scripts: 's', models: 'm{d}'}", "e.yaml:2:64: error PLN020: 'backend.files' holds the placeholder {d}", @"text in braces is written \{d}")]
    [InlineData("tokens: 'a {cat}'\nbackend: {class_tokens: '${tokens}', image_dir: y}", "e.yaml:3:25: error PLN020", @"\{cat}")]
    [InlineData("project: {run_name: a/b}\nbackend: {class_tokens: x, image_dir: y}", "e.yaml:2:21: error PLN014: 'a/b' cannot name a run: it must be usable as a folder's name", "no '/'")]
    [InlineData("sweep: {type: list, configs: [{backend.vram: 20G}, {backend.vram: 24G}]}\nbackend: {class_tokens: x, image_dir: y}", "e.yaml:2:67: error CFG021", "did you mean '20G'?")]
    public void A_value_of_the_file_is_told_at_its_line(string yaml, string said, string remedy)
    {
        var errors = Refused(Head + yaml + "\n");
        Assert.Contains(said, errors, StringComparison.Ordinal);
        Assert.Contains(remedy, errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("backend.vram=24G", "command line:2:14: error CFG021", "    | backend.vram=24G\n    |              ^^^\n")]
    [InlineData("backend.base_model=my/model.sft", "command line:2:20: error CFG021", "    | backend.base_model=my/model.sft\n")]
    [InlineData("project.run_name=a/b", "command line:2:18: error PLN014: 'a/b' cannot name a run", "    | project.run_name=a/b\n    |                  ^^^\n")]
    [InlineData("backend.scripts=\"s{d}\"", "command line:2:17: error PLN020: 'backend.files' holds the placeholder {d}", "    | backend.scripts=\"s{d}\"\n")]
    public void A_value_of_the_command_line_is_told_at_its_override(string word, string place, string excerpt)
    {
        var errors = Refused(Head + Needed, "backend.repeats=3", word);
        Assert.Contains(place, errors, StringComparison.Ordinal);
        Assert.Contains(excerpt, errors, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_user_has_yet_to_set_is_told_at_the_line_that_chose_the_trainer()
    {
        var errors = Refused("scheduler: local\nbackend: kohya\n");
        Assert.Contains("e.yaml:2:10: error CFG024: 'backend.class_tokens' is mandatory (???) and was not set", errors, StringComparison.Ordinal);
        Assert.Contains("e.yaml:2:10: error CFG024: 'backend.image_dir' is mandatory", errors, StringComparison.Ordinal);
        Assert.Contains("set it in the file or give backend.image_dir=VALUE", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_word_of_a_command_is_told_where_it_was_said()
    {
        Assert.Contains("e.yaml:2:19: error PLN020: 'backend.command' holds the placeholder {x}", Refused("defaults: [{backend: torchtune}, _self_]\nbackend: {config: \"c{x}\"}\n"), StringComparison.Ordinal);
        Assert.Contains("e.yaml:1:25: error PLN020: 'backend.command' holds the placeholder {x}", Refused("backend: {command: [sh, 'c{x}', '{name}']}\n"), StringComparison.Ordinal);
        Assert.Contains("command line:1:16: error CFG041: 'backend.command[2]' must be a mapping of options, not '3'", Refused("backend: torchtune\n", "backend.launch=3", "backend.config=c"), StringComparison.Ordinal);
    }

    [GeneratedRegex("^built-in ", RegexOptions.Multiline)]
    private static partial Regex OfVigil();
}
