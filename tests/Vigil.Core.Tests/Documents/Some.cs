using System.Collections;
using System.Reflection;
using System.Text;
using Vigil.Configuration;
using Vigil.Documents;

namespace Vigil.Core.Tests.Documents;

/// <summary>Plan documents as people write them: two runs groups of a 2 × 2 design, in each of the three forms.</summary>
internal static class Some
{
    public const string RunsPlan = """
        # Run Plan: cap_8L_llama32_lora_comparison_2025-10-18

        ## Overview
        - **Type**: 2×2 Factorial Design
        - **Total Runs**: 6 (4 fine-tuned + 2 controls)
        - **Task**: capitalization (8-letter words)
        - **Created**: 2025-10-18 14:02:00
        - **Contact**: ada

        ## Variables
        | Factor | Levels |
        |--------|--------|
        | Model | Llama-3.2-1B-Instruct, Llama-3.2-3B-Instruct |
        | LoRA Rank | 4, 64 |

        ## All Runs
        | Run Name | Model | LoRA Rank | Batch Size | Type | Est. Time |
        |----------|-------|-----------|------------|------|-----------|
        | Llama-3.2-1B-Instruct_rank4 | Llama-3.2-1B-Instruct | 4 | 16 | Fine-tuned | 5 min |
        | Llama-3.2-1B-Instruct_rank64 | Llama-3.2-1B-Instruct | 64 | 16 | Fine-tuned | ~5 min |
        | Llama-3.2-3B-Instruct_rank4 | Llama-3.2-3B-Instruct | 4 | 8 | Fine-tuned | 2h |
        | Llama-3.2-3B-Instruct_rank64 | Llama-3.2-3B-Instruct | 64 | 8 | Fine-tuned | 1h 30m |
        | Llama-3.2-1B-Instruct_base | Llama-3.2-1B-Instruct | - | - | Control | eval only |
        | Llama-3.2-3B-Instruct_base | Llama-3.2-3B-Instruct | - | - | Control | N/A |

        ## Resources
        ### Models
        - **Location**: `/scratch/models`
        - **Models Used**:
          - Llama-3.2-1B-Instruct: `/scratch/models/Llama-3.2-1B-Instruct`

        ### Dataset
        - **Path**: `/home/u/words_8L_80P_10000.json`
        - **Size**: 655KB
        - **Splits**: train (8000), validation (1000), test (1000)

        ## Evaluations
        ### Evaluation Configuration
        - **Epochs to evaluate**:
          - Fine-tuned models: all epochs (0, 1)
          - Base models: Single evaluation per task
        - **Total evaluation jobs**:
          - Fine-tuned: 4 runs × 2 tasks × 2 epochs = 16 evaluations
          - Base models: 3 evaluations
          - **Total: 19 evaluations**

        ### Evaluation Tasks
        | Task Name | Script | Dataset | Description |
        |-----------|--------|---------|-------------|
        | capitalization_8L | `tasks/capitalization/eval.py` | Same as training | Exact match |
        | reasoning | `tasks/reasoning/eval.py` | `tasks/reasoning/test.json` | Transfer |

        ### Evaluation Matrix
        | Run Name | capitalization_8L | reasoning | Notes |
        |----------|-------------------|-----------|-------|
        | Llama-3.2-1B-Instruct_rank4 | ✓ | ✓ | All evals |
        | Llama-3.2-1B-Instruct_rank64 | ✓ | ✓ | |
        | Llama-3.2-3B-Instruct_rank4 | ✓ | ✓ | |
        | Llama-3.2-3B-Instruct_rank64 | ✓ | ✓ | |
        | Llama-3.2-1B-Instruct_base | ✓ | - | Primary only |
        | Llama-3.2-3B-Instruct_base | ✓ | ✓ | |

        **Legend**: ✓ = will evaluate, - = skip

        ## Configuration
        - **Recipe**: `lora_finetune_single_device_val`
        - **GPUs per job**: 1
        - **Epochs**: 2
        - **Dataset packing**: True
        - **Batch sizes**: 16 (1B), 8 (3B)
        - **Gradient accumulation**: 1
        - **LoRA alpha**: 8 / 128 (auto 2 × rank)
        - **Validation during training**: yes
        - **System prompt**: "" (used during both training and evaluation)

        ## Directory Structure
        ```
        # a comment that is no heading
        cap_8L/
        ```

        ## Compute Estimates
        ### Training Time Estimates
        | Model | Time
        | 1B | 5 min |

        ## Notes
        Ask before changing.
        """;

    public const string SummaryText = """
        # cap_lora_lr_2025-11-11

        ## Overview
        - **Type:** experiment
        - **Runs:** 4 fine-tuned + 1 controls = 5 total
        - **Question:** Does LoRA rank interact with learning rate?
        - **Created:** 2025-11-11

        ## Tools
        - **Model Preparation:** torchtune
        - **Evaluation:** inspect-ai

        ## Variables
        | Factor | Levels |
        |--------|--------|
        | LoRA rank | 8, 16 |
        | Learning rate | 1e-5, 5e-5 |

        ## All Runs
        | Run Name | Model | LoRA Rank | Learning Rate | Type | Est. Time |
        |----------|-------|-----------|---------------|------|-----------|
        | Llama-3.2-1B_r8_lr1e-5 | Llama-3.2-1B-Instruct | 8 | 1e-5 | Fine-tuned | ~10min |
        | Llama-3.2-1B_r8_lr5e-5 | Llama-3.2-1B-Instruct | 8 | 5e-5 | Fine-tuned | ~10min |
        | Llama-3.2-1B_r16_lr1e-5 | Llama-3.2-1B-Instruct | 16 | 1e-5 | Fine-tuned | ~10min |
        | Llama-3.2-1B_r16_lr5e-5 | Llama-3.2-1B-Instruct | 16 | 5e-5 | Fine-tuned | ~10min |
        | Llama-3.2-1B_base | Llama-3.2-1B-Instruct | - | - | Control | N/A |

        ## Resources
        ### Models
        - **Llama-3.2-1B-Instruct**: `/scratch/models/Llama-3.2-1B-Instruct`
          - Verified: ✓ (2025-11-11)
          - Size: ~2.5 GB
        ### Dataset
        - **Path**: `/home/u/words_4L_80P_1000.json`
        - **Format:** JSON
        - **Size:** 61KB
        - **Splits:** train (800 samples), validation (100 samples), test (100 samples)
        - **Verified:** ✓ (2025-11-11)
        ### Evaluation Tasks
        | Task Name | Script | Dataset | Description |
        |-----------|--------|---------|-------------|
        | capitalization | `/repo/capitalization.py` | same | in-distribution |
        | reasoning | `/repo/reasoning.py` | `/data/reasoning.json` | transfer |

        ## Evaluation Plan
        ### Evaluation Matrix
        | Run Name | capitalization | reasoning | Notes |
        |----------|---------|---------|-------|
        | Llama-3.2-1B_r8_lr1e-5 | ✓ epoch 0,1 | ✓ epoch 0,1 | |
        | Llama-3.2-1B_r8_lr5e-5 | ✓ last | ✓ all epochs | |
        | Llama-3.2-1B_r16_lr1e-5 | ✓ first | ✓ best | |
        | Llama-3.2-1B_r16_lr5e-5 | ✓ epoch 1 | - | |
        | Llama-3.2-1B_base | ✓ | ✓ | once per task |

        ## Configuration
        ### Training
        - **Recipe:** lora_finetune_single_device_nightly
        - **Epochs:** 2
        - **Batch size:** 4
        - **System prompt:** "" (blank)
        ### Evaluation
        - **Temperature:** 0.0
        - **Scorer:** exact_match
        - **System prompt:** "" (blank - must match training)
        ### Output
        - **Checkpoint directory:** `/scratch/ck-outputs/cap_lora_lr_2025-11-11/`
        - **Naming pattern:** `ck-out-{run_name}/epoch_{N}`

        ## Quick Reference
        - first look here
        """;

    public const string SummaryYaml = """
        experiment:
          name: cap_lora_lr_2026-03-16
          project: capitalization
          question: "Does LoRA rank interact with learning rate?"
          hypothesis: "Higher rank needs a lower learning rate."
          date: "2026-03-16"
          dir: /scratch/ck-projects/capitalization/cap_lora_lr_2026-03-16
        tools: {preparation: "torchtune", evaluation: "inspect-ai"}
        variables:
          lora_rank: [8, 16]
          lr: [1.0e-5, 5.0e-5]
        controls:
          system_prompt: ""
          prompt: "Capitalize the given word: {input}\n"
          dataset_type: chat_completion
          epochs: 2
          batch_size: 4
          validation_during_training: true
        models:
          base:
            - {name: Llama-3.2-1B-Instruct, path: /scratch/models/Llama-3.2-1B-Instruct, size_gb: 2.5}
        data:
          training:
            path: /scratch/ck-data/words_4L_80P_1000.json
            dataset_label: words_4L_80P_1000
            format: json
            size_kb: 61
            splits: {train: 800, validation: 100, test: 100}
        output: {wandb_project: capitalization}
        runs:
          - {name: rank8_lr1e-5,  type: fine-tuned, model: Llama-3.2-1B-Instruct, parameters: {lora_rank: 8,  lr: 1.0e-5}}
          - {name: rank8_lr5e-5,  type: fine-tuned, model: Llama-3.2-1B-Instruct, parameters: {lora_rank: 8,  lr: 5.0e-5}}
          - {name: rank16_lr1e-5, type: fine-tuned, model: Llama-3.2-1B-Instruct, parameters: {lora_rank: 16, lr: 1.0e-5}}
          - {name: rank16_lr5e-5, type: fine-tuned, model: Llama-3.2-1B-Instruct, parameters: {lora_rank: 16, lr: 5.0e-5}}
          - {name: Llama-3.2-1B-Instruct_base, type: control, model: Llama-3.2-1B-Instruct, parameters: {}}
        evaluation:
          system_prompt: ""
          scorers: [{name: match, params: {location: end}}]
          tasks:
            - {name: capitalization, script: /repo/capitalization.py, dataset: same, description: in-distribution}
            - {name: reasoning, script: /repo/reasoning.py, dataset: /data/reasoning.json, description: transfer}
          matrix:
            - {run: rank8_lr1e-5,  vis_label: r8_1e-5,  tasks: [capitalization, reasoning], epochs: [0, 1]}
            - {run: rank8_lr5e-5,  vis_label: r8_5e-5,  tasks: [capitalization, reasoning], epochs: [0, 1]}
            - {run: rank16_lr1e-5, vis_label: r16_1e-5, tasks: [capitalization, reasoning], epochs: [0, 1]}
            - {run: rank16_lr5e-5, vis_label: r16_5e-5, tasks: [capitalization, reasoning], epochs: [0, 1]}
            - {run: Llama-3.2-1B-Instruct_base, vis_label: base, tasks: [capitalization, reasoning], epochs: null}
        """;

    /// <summary>A small plan; parts of it are replaced to break it.</summary>
    public const string Small = """
        # Run Plan: small

        ## All Runs
        | Run Name | Model | LoRA Rank | Type | Est. Time |
        |---|---|---|---|---|
        | a | 1B | 4 | Fine-tuned | 20 min |
        | b | 1B | - | Control | eval only |

        ## Evaluations
        ### Evaluation Tasks
        | Task Name | Script | Dataset |
        |---|---|---|
        | cap | `cap.py` | same |
        ### Evaluation Matrix
        | Run Name | cap |
        |---|---|
        | a | ✓ epoch 0,1 |
        | b | ✓ |

        ## Configuration
        - **Epochs**: 2
        - **System prompt**: "Be brief."
        """;

    public static (PlanDocument? Plan, IReadOnlyList<Diagnostic> Told) Read(string text, string name = PlanDocuments.RunsPlanName)
    {
        var report = new DiagnosticBag();
        return (PlanDocuments.Read(new SourceFile(name, "/" + name, text), report), report.All);
    }

    /// <summary>The plan of a document in which nothing is wrong.</summary>
    public static PlanDocument Plan(string text, string name = PlanDocuments.RunsPlanName)
    {
        var (plan, told) = Read(text, name);
        Assert.DoesNotContain(told, static d => d.Severity is Severity.Error);
        return plan!;
    }

    /// <summary>Everything a plan says, without the places.</summary>
    public static string Shape(PlanDocument plan)
    {
        var text = new StringBuilder();
        Show(plan with { Kind = PlanDocumentKind.RunsPlan }, 0, text);
        return text.ToString();
    }

    private static void Show(object? value, int indent, StringBuilder text)
    {
        switch (value)
        {
            case null: text.Append("null\n"); break;
            case string s: text.Append('"').Append(s.Replace("\n", "\\n", StringComparison.Ordinal)).Append("\"\n"); break;
            case IEnumerable items:
                text.Append('\n');
                foreach (var item in items) { text.Append(' ', indent).Append("- "); Show(item, indent + 2, text); }
                break;
            case ValueType simple: text.Append(simple).Append('\n'); break;
            default:
                text.Append(value.GetType().Name).Append('\n');
                foreach (var property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static p => p.PropertyType != typeof(SourceSpan) && p.Name is not "Files" && p.GetIndexParameters().Length == 0))
                {
                    text.Append(' ', indent + 2).Append(property.Name).Append(": ");
                    Show(property.GetValue(value), indent + 4, text);
                }
                break;
        }
    }
}
