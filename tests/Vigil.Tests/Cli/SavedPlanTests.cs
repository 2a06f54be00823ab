using System.Text.Json.Nodes;

namespace Vigil.Tests.Cli;

/// <summary><c>plan --save FILE</c>, and that file as an experiment: the same runs, whatever happened since.</summary>
public sealed class SavedPlanTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly CommandLine _vigil = new();

    public SavedPlanTests()
    {
        Directory.CreateDirectory(_vigil["model"]);
        _vigil.Write("model/small.yaml", "width: ${x}\n");
        _vigil.Write("model/large.yaml", "width: 77\n");
        _vigil.Write("e.yaml", """
            project: {name: tiny, base_output_dir: "outputs/tiny_${oc.timestring:}"}
            backend: {command: "echo ${x} ${model.width} ${oc.env:WHO,nobody} ${oc.env:MY_TOKEN,none}"}
            model: small
            x: 1
            sweep: {groups: [{params: {x: [1, 2], model: [small, large]}}]}
            """);
    }

    public void Dispose() => _vigil.Dispose();

    [Fact]
    public void A_saved_plan_stays_what_it_was_when_files_groups_environment_and_clock_change()
    {
        _vigil.Extra["WHO"] = "ada";
        var saved = Save("e.yaml");

        _vigil.Write("e.yaml", "backend: {command: echo other}\n");
        Directory.Delete(_vigil["model"], recursive: true);
        _vigil.Extra["WHO"] = "bob";

        Assert.Equal(saved, Plan("p.json"));
        Assert.Contains("echo 2 77 ada none", saved, StringComparison.Ordinal);
    }

    [Fact]
    public void It_runs_where_it_said_and_the_same_again_continues_it()
    {
        var dir = JsonNode.Parse(Save("e.yaml"))!["runs"]![0]!["output_dir"]!.GetValue<string>();
        File.Delete(_vigil["e.yaml"]);

        var first = _vigil.Run("run", "p.json");
        var again = _vigil.Run("run", "p.json");

        Assert.True(first.ExitCode == 0 && first.Output.Contains("4 completed", StringComparison.Ordinal), first.ToString());
        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.Equal([Path.GetDirectoryName(dir)!], Directory.GetDirectories(_vigil["outputs"]));
        Assert.Equal("1 1 nobody none\n", File.ReadAllText(Path.Combine(dir, "current.log")));
        Assert.Contains("width: ${x}", File.ReadAllText(Path.Combine(dir, "provenance/unresolved_config.yaml")), StringComparison.Ordinal);
    }

    [Fact]
    public void Siblings_and_stages_are_planned_again_with_their_order()
    {
        _vigil.Write("s.yaml", """
            backend: {command: "echo ${lr} {name}"}
            lr: 1
            start: null
            sweep: {groups: [{params: {lr: [1e-3, 1e-4]}}, {type: list, configs: [{stage: stable}, {stage: decay, start: "{sibling.stable.output_dir}/x", backend.command: "echo ${start}"}]}]}
            """);
        var saved = Save("s.yaml");
        File.Delete(_vigil["s.yaml"]);

        Assert.Equal(saved, Plan("p.json"));
        Assert.Equal("lr1e-3_stable", JsonNode.Parse(saved)!["runs"]![1]!["depends_on"]![0]!.GetValue<string>());
        Assert.Equal(0, _vigil.Run("run", "p.json").ExitCode);
    }

    [Fact]
    public void Overrides_and_the_chosen_runs_are_part_of_it()
    {
        var saved = Save("e.yaml", "+note=5", "--only", "x=2", "--array-subset", "2");

        Assert.Equal(saved, Plan("p.json"));
        Assert.Single(JsonNode.Parse(saved)!["runs"]!.AsArray());
        var outcome = _vigil.Run("run", "p.json");
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Contains("1 completed", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("\"subset_indices\": [\n    2\n  ]", Metadata(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_is_not_kept_and_a_changed_one_is_told()
    {
        _vigil.Extra["MY_TOKEN"] = "geheim-1";
        _vigil.Extra["WHO"] = "https://ada:hunter2@example.org/";   // a secret by its shape
        var saved = Save("e.yaml");
        Assert.DoesNotContain("geheim", File.ReadAllText(_vigil["p.json"]), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", File.ReadAllText(_vigil["p.json"]), StringComparison.Ordinal);
        Assert.Equal(Private, File.GetUnixFileMode(_vigil["p.json"]));
        Assert.Equal(saved, Plan("p.json"));

        _vigil.Extra["MY_TOKEN"] = "geheim-2";

        Refused("RUN061", "p.json: error RUN061: planned again, this saved plan gives other runs; the values of MY_TOKEN, WHO are not kept in it", "run", "p.json");
    }

    [Fact]
    public void Another_version_that_plans_otherwise_is_named()
    {
        Save("e.yaml");
        Change(static plan =>
        {
            plan["version"] = "0.0.7";
            plan["inputs"]!["experiment"]!["text"] = "backend: {command: echo other}\n";
        });

        Refused("RUN061", "this plan was saved by Vigil 0.0.7; ", "run", "p.json");
    }

    [Theory]
    [InlineData("x=3", "'x=3' would change it")]
    [InlineData("--only", "--only and --array-subset would change it", "x=1")]
    [InlineData("--array-subset", "--only and --array-subset would change it", "0")]
    [InlineData("-C", "--config-dir would change them", ".")]
    public void Nothing_beside_it_changes_it(string word, string message, string? value = null)
    {
        Save("e.yaml");

        Refused("RUN062", message, ["run", "p.json", word, .. value is null ? (string[])[] : [value]]);
    }

    [Theory]
    [InlineData("{\"kind\": \"vigil_plan\"}")]
    [InlineData("{\"kind\": \"vigil_plan\"")]
    [InlineData("{\"schema\": 1, \"kind\": \"vigil_plan\", \"inputs\": null}")]
    [InlineData("{\"schema\": 2, \"kind\": \"vigil_plan\"}")]
    [InlineData("{\"schema\": \"1\", \"kind\": \"vigil_plan\", \"x\": \"\\ud800\"}")]
    public void A_damaged_one_is_a_diagnostic(string text)
    {
        _vigil.Write("p.json", text);

        Refused("RUN060", "p.json", "run", "p.json");
    }

    [Theory]
    [InlineData("current_folder", "\"relative\"")]
    [InlineData("current_folder", "\"/a\\u0000b\"")]
    [InlineData("overrides", "[null]")]
    [InlineData("overrides", "null")]
    [InlineData("experiment", "{\"name\": \"\", \"full_path\": \"\", \"text\": \"\"}")]
    [InlineData("folders", "[null]")]
    [InlineData("folders", "[{\"name\": \"c\", \"full_path\": \"c\", \"files\": [], \"listings\": []}]")]
    [InlineData("environment", "[{\"name\": \"A\", \"value\": \"1\"}, {\"name\": \"A\", \"value\": \"2\"}]")]
    [InlineData("environment", "[null]")]
    [InlineData("listings", "[{\"folder\": \"/\", \"names\": [null]}]")]
    [InlineData("now", "\"yesterday\"")]
    public void One_with_a_part_that_cannot_be_is_a_diagnostic(string member, string value)
    {
        Save("e.yaml");
        Change(plan => plan["inputs"]![member] = JsonNode.Parse(value));

        Refused("RUN060", "this saved plan is damaged", "plan", "p.json");
    }

    [Fact]
    public void Every_cut_of_it_is_a_diagnostic()
    {
        Save("e.yaml");
        var text = File.ReadAllText(_vigil["p.json"]);
        foreach (var length in (int[])[60, 200, 900, text.Length - 20, text.Length - 2])
        {
            _vigil.Write("p.json", text[..length]);
            Refused("RUN060", "p.json", "plan", "p.json");
        }
    }

    [Fact]
    public void Only_a_saved_plan_is_written_over()
    {
        Save("e.yaml");
        Save("e.yaml", "+note=6");
        Directory.CreateDirectory(_vigil["folder"]);

        foreach (var (file, message) in (ReadOnlySpan<(string, string)>)[("e.yaml", "e.yaml: error RUN063: exists and is not a saved plan"), ("folder", "is a folder"), ("no/p.json", "there is no folder " + _vigil["no"])])
            Refused("RUN063", message, "plan", "e.yaml", "--save", file);
    }

    [Fact]
    public void An_experiment_with_a_mistake_is_not_saved()
    {
        _vigil.Write("bad.yaml", "backend: {command: \"echo ${nothing}\"}\n");

        Refused("CFG", "nothing", "plan", "bad.yaml", "--save", "p.json");
        Assert.False(File.Exists(_vigil["p.json"]));
    }

    /// <summary>Saves and gives the plan as JSON.</summary>
    private string Save(string experiment, params string[] words)
    {
        var outcome = _vigil.Run(["plan", experiment, "--json", "--save", "p.json", .. words]);
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        return outcome.Output;
    }

    private string Plan(string file)
    {
        var outcome = _vigil.Run("plan", file, "--json");
        Assert.True(outcome is { ExitCode: 0, Errors: "" }, outcome.ToString());
        return outcome.Output;
    }

    private void Change(Action<JsonNode> change)
    {
        var plan = JsonNode.Parse(File.ReadAllText(_vigil["p.json"]))!;
        change(plan);
        _vigil.Write("p.json", plan.ToJsonString());
    }

    private void Refused(string code, string message, params string[] words)
    {
        var before = _vigil.Fingerprint();
        var outcome = _vigil.Run(words);
        Assert.True(outcome is { ExitCode: 2, Output: "" }, outcome.ToString());
        Assert.Contains($"error {code}", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains(message, outcome.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Errors, StringComparison.Ordinal);
        Assert.Equal(before, _vigil.Fingerprint());
    }

    private string Metadata() => File.ReadAllText(Assert.Single(Directory.GetFiles(_vigil["outputs"], "run_metadata.json", SearchOption.AllDirectories)));
}
