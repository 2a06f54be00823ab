using System.Text.Json;
using Vigil.Planning;

namespace Vigil.Core.Tests.Planning;

/// <summary><c>project.compat</c>: runs with the files of FluxGym.</summary>
public sealed class CompatibilityTests
{
    private static PlannedRun Run(string yaml) => Assert.Single(Some.Good(yaml).Runs);

    [Theory]
    [InlineData("backend: {type: kohya, command: x}", "fluxgym")]
    [InlineData("backend: {class_name: KohyaBackend, command: x}", "fluxgym")]
    [InlineData("project: {compat: fluxgym}\nbackend: {command: x}", "fluxgym")]
    [InlineData("project: {compat: none}\nbackend: {type: kohya, command: x}", null)]
    [InlineData("backend: {command: x}", null)]
    public void The_backend_kohya_brings_them_and_any_other_can_ask(string yaml, string? compat) => Assert.Equal(compat, Run(yaml).Compat);

    [Theory]
    [InlineData("project: {compat: fluxgim}\nbackend: {command: x}", "CFG073", 1)]
    [InlineData("project: {compat: fluxgym, log_path_current: null}\nbackend: {command: x}", "PLN066", 1)]
    [InlineData("project: {compat: fluxgym}\nbackend: {command: x, files: {training.log: x}}", "PLN061", 2)]
    [InlineData("project: {compat: fluxgym}\nbackend: {command: x, ui_state: [1]}", "PLN067", 2)]
    [InlineData("project: {compat: fluxgym}\nbackend: {command: x, ui_state: {seed: {a: 1}}}", "PLN067", 2)]
    [InlineData("project: {compat: fluxgym}\nbackend: {command: x, ui_state: {status: done}}", "PLN067", 2)]
    public void A_mistake_is_told_with_its_place(string yaml, string code, int line)
    {
        var mistake = Some.Mistake(yaml);
        Assert.Equal((code, line), (mistake.Code, mistake.At.Line));
    }

    [Fact]
    public void Without_them_their_names_are_free() => Assert.Null(Run("backend: {command: x, files: {training.log: x}}").Compat);

    [Fact]
    public void The_form_holds_settings_as_they_were_written_and_no_secret()
    {
        var plan = Some.Plan("""
            project: {compat: fluxgym}
            backend:
              command: x
              ui_state: {concept_sentence: 42, learning_rate: 8e-4, seed: 42, enable_checkpointing: true, sample_prompts: null, guidance_scale: 1.0, note: "{name} of hf_abcdefghijklmnopqrst"}
            """);

        using var form = JsonDocument.Parse(plan.Configs.Find(plan.Runs[0].Id)!.Form!);

        Assert.Equal("""{"lora_name":"e","concept_sentence":"42","learning_rate":"8e-4","seed":42,"enable_checkpointing":true,"sample_prompts":"","guidance_scale":1.0,"note":"e of ***"}""", form.RootElement.GetRawText());
    }

    [Fact]
    public void Nobody_s_form_is_made_unasked() => Assert.Null(Some.Good("backend: {command: x, ui_state: {seed: 1}}") is var plan ? plan.Configs.Find(plan.Runs[0].Id)!.Form : "");
}
