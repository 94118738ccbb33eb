"""Every class that is sent or answered, imported when it is asked for."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .analyses_view import AnalysesView
    from .analysis_there import AnalysisThere
    from .apgd_input import ApgdInput
    from .apgd_input_loss import ApgdInputLoss
    from .apgd_input_norm import ApgdInputNorm
    from .apgd_output import ApgdOutput
    from .apgd_output_loss import ApgdOutputLoss
    from .apgd_output_norm import ApgdOutputNorm
    from .apgd_t_input import ApgdTInput
    from .apgd_t_input_norm import ApgdTInputNorm
    from .apgd_t_output import ApgdTOutput
    from .apgd_t_output_norm import ApgdTOutputNorm
    from .applies_to import AppliesTo
    from .applies_to_tags import AppliesToTags
    from .artifact_info import ArtifactInfo
    from .attack_info import AttackInfo
    from .attack_info_defaults import AttackInfoDefaults
    from .attack_info_schema import AttackInfoSchema
    from .attack_outcome import AttackOutcome
    from .attack_paired import AttackPaired
    from .attack_report import AttackReport
    from .attack_report_figures import AttackReportFigures
    from .attack_report_params import AttackReportParams
    from .attack_report_queries_type_0 import AttackReportQueriesType0
    from .attempt import Attempt
    from .audit_info import AuditInfo
    from .audit_info_labels import AuditInfoLabels
    from .audit_info_verdict_type_0 import AuditInfoVerdictType0
    from .audit_request_input import AuditRequestInput
    from .audit_request_input_labels import AuditRequestInputLabels
    from .audit_request_input_preset_type_0 import AuditRequestInputPresetType0
    from .audit_request_input_samples_type_0 import AuditRequestInputSamplesType0
    from .audit_request_output import AuditRequestOutput
    from .audit_request_output_labels import AuditRequestOutputLabels
    from .audit_request_output_preset_type_0 import AuditRequestOutputPresetType0
    from .audit_request_output_samples_type_0 import AuditRequestOutputSamplesType0
    from .auto_attack_input import AutoAttackInput
    from .auto_attack_input_norm import AutoAttackInputNorm
    from .auto_attack_output import AutoAttackOutput
    from .auto_attack_output_norm import AutoAttackOutputNorm
    from .best_so_far import BestSoFar
    from .best_so_far_judged_on import BestSoFarJudgedOn
    from .both_classes import BothClasses
    from .both_images import BothImages
    from .budget import Budget
    from .budget_curve import BudgetCurve
    from .cell import Cell
    from .check import Check
    from .check_numbers import CheckNumbers
    from .check_status import CheckStatus
    from .class_band import ClassBand
    from .class_count import ClassCount
    from .class_paired import ClassPaired
    from .class_probability import ClassProbability
    from .class_report import ClassReport
    from .clean import Clean
    from .cluster import Cluster
    from .clusters_page import ClustersPage
    from .common_images import CommonImages
    from .compared_audit import ComparedAudit
    from .comparison_report import ComparisonReport
    from .comparison_report_verdict import ComparisonReportVerdict
    from .complete_upload import CompleteUpload
    from .corruption_input import CorruptionInput
    from .corruption_input_corruption import CorruptionInputCorruption
    from .corruption_output import CorruptionOutput
    from .corruption_output_corruption import CorruptionOutputCorruption
    from .curve import Curve
    from .curves import Curves
    from .cw_input import CwInput
    from .cw_output import CwOutput
    from .dataset_info import DatasetInfo
    from .dataset_inspection import DatasetInspection
    from .dataset_inspection_dtype import DatasetInspectionDtype
    from .dataset_inspection_label_order_type_0 import DatasetInspectionLabelOrderType0
    from .dataset_inspection_label_source import DatasetInspectionLabelSource
    from .dataset_metadata_input import DatasetMetadataInput
    from .dataset_metadata_input_channels_type_0 import (
        DatasetMetadataInputChannelsType0,
    )
    from .dataset_metadata_input_label_order_type_0 import (
        DatasetMetadataInputLabelOrderType0,
    )
    from .dataset_metadata_input_layout_type_0 import DatasetMetadataInputLayoutType0
    from .dataset_metadata_output import DatasetMetadataOutput
    from .dataset_metadata_output_channels_type_0 import (
        DatasetMetadataOutputChannelsType0,
    )
    from .dataset_metadata_output_label_order_type_0 import (
        DatasetMetadataOutputLabelOrderType0,
    )
    from .dataset_metadata_output_layout_type_0 import DatasetMetadataOutputLayoutType0
    from .dataset_source import DatasetSource
    from .ddn_input import DdnInput
    from .ddn_output import DdnOutput
    from .deepfool_input import DeepfoolInput
    from .deepfool_input_norm import DeepfoolInputNorm
    from .deepfool_output import DeepfoolOutput
    from .deepfool_output_norm import DeepfoolOutputNorm
    from .delivery_info import DeliveryInfo
    from .delivery_info_status import DeliveryInfoStatus
    from .dendrogram_view import DendrogramView
    from .density_correlation import DensityCorrelation
    from .direct_parts import DirectParts
    from .direct_upload import DirectUpload
    from .dissected_unit import DissectedUnit
    from .dissection_options import DissectionOptions
    from .dissection_section import DissectionSection
    from .dissection_section_by_concept import DissectionSectionByConcept
    from .distance import Distance
    from .ead_input import EadInput
    from .ead_output import EadOutput
    from .embedding_view import EmbeddingView
    from .embedding_view_method import EmbeddingViewMethod
    from .estimate import Estimate
    from .event_answer import EventAnswer
    from .event_answer_outcome import EventAnswerOutcome
    from .event_data import EventData
    from .event_data_labels import EventDataLabels
    from .event_data_verdict_type_0 import EventDataVerdictType0
    from .event_type import EventType
    from .exciting import Exciting
    from .exciting_image import ExcitingImage
    from .execution import Execution
    from .explain_options_input import ExplainOptionsInput
    from .explain_options_input_map_type_0 import ExplainOptionsInputMapType0
    from .explain_options_input_targets_type_0 import ExplainOptionsInputTargetsType0
    from .explain_options_output import ExplainOptionsOutput
    from .explain_options_output_map_type_0 import ExplainOptionsOutputMapType0
    from .explain_options_output_targets_type_0 import ExplainOptionsOutputTargetsType0
    from .explain_section import ExplainSection
    from .explained_attack import ExplainedAttack
    from .explained_sample import ExplainedSample
    from .explanation_detail import ExplanationDetail
    from .explanation_view import ExplanationView
    from .explanations_page import ExplanationsPage
    from .exports import Exports
    from .fab_t_input import FabTInput
    from .fab_t_input_norm import FabTInputNorm
    from .fab_t_output import FabTOutput
    from .fab_t_output_norm import FabTOutputNorm
    from .fgsm_input import FgsmInput
    from .fgsm_input_norm import FgsmInputNorm
    from .fgsm_output import FgsmOutput
    from .fgsm_output_norm import FgsmOutputNorm
    from .field_error import FieldError
    from .field_image import FieldImage
    from .field_layer import FieldLayer
    from .field_neuron import FieldNeuron
    from .field_neuron_group import FieldNeuronGroup
    from .fmn_input import FmnInput
    from .fmn_input_norm import FmnInputNorm
    from .fmn_output import FmnOutput
    from .fmn_output_norm import FmnOutputNorm
    from .gaussian_noise_input import GaussianNoiseInput
    from .gaussian_noise_output import GaussianNoiseOutput
    from .generic_request import GenericRequest
    from .generic_request_audit import GenericRequestAudit
    from .get_audit_dendrogram_format import GetAuditDendrogramFormat
    from .get_audit_embedding_format import GetAuditEmbeddingFormat
    from .get_audit_embedding_method import GetAuditEmbeddingMethod
    from .get_audit_image_format import GetAuditImageFormat
    from .get_audit_picture_mode import GetAuditPictureMode
    from .goal import Goal
    from .gpu_memory import GpuMemory
    from .group_map import GroupMap
    from .harden_options_input import HardenOptionsInput
    from .harden_options_input_adversary import HardenOptionsInputAdversary
    from .harden_options_input_augment_item import HardenOptionsInputAugmentItem
    from .harden_options_input_batch_norm import HardenOptionsInputBatchNorm
    from .harden_options_input_choose_by_type_0 import HardenOptionsInputChooseByType0
    from .harden_options_input_criticality import HardenOptionsInputCriticality
    from .harden_options_input_lambda_choice import HardenOptionsInputLambdaChoice
    from .harden_options_input_layers_type_0 import HardenOptionsInputLayersType0
    from .harden_options_input_method import HardenOptionsInputMethod
    from .harden_options_input_optimizer import HardenOptionsInputOptimizer
    from .harden_options_input_precision import HardenOptionsInputPrecision
    from .harden_options_input_schedule import HardenOptionsInputSchedule
    from .harden_options_input_selection import HardenOptionsInputSelection
    from .harden_options_output import HardenOptionsOutput
    from .harden_options_output_adversary import HardenOptionsOutputAdversary
    from .harden_options_output_augment_item import HardenOptionsOutputAugmentItem
    from .harden_options_output_batch_norm import HardenOptionsOutputBatchNorm
    from .harden_options_output_choose_by_type_0 import HardenOptionsOutputChooseByType0
    from .harden_options_output_criticality import HardenOptionsOutputCriticality
    from .harden_options_output_lambda_choice import HardenOptionsOutputLambdaChoice
    from .harden_options_output_layers_type_0 import HardenOptionsOutputLayersType0
    from .harden_options_output_method import HardenOptionsOutputMethod
    from .harden_options_output_optimizer import HardenOptionsOutputOptimizer
    from .harden_options_output_precision import HardenOptionsOutputPrecision
    from .harden_options_output_schedule import HardenOptionsOutputSchedule
    from .harden_options_output_selection import HardenOptionsOutputSelection
    from .hardening_info import HardeningInfo
    from .hardening_info_labels import HardeningInfoLabels
    from .hardening_info_metrics_type_0 import HardeningInfoMetricsType0
    from .hardening_info_verdict_type_0 import HardeningInfoVerdictType0
    from .hardening_method import HardeningMethod
    from .hardening_method_kind import HardeningMethodKind
    from .hardening_request_input import HardeningRequestInput
    from .hardening_request_input_adversary import HardeningRequestInputAdversary
    from .hardening_request_input_augment_item import HardeningRequestInputAugmentItem
    from .hardening_request_input_batch_norm import HardeningRequestInputBatchNorm
    from .hardening_request_input_choose_by_type_0 import (
        HardeningRequestInputChooseByType0,
    )
    from .hardening_request_input_criticality import HardeningRequestInputCriticality
    from .hardening_request_input_eval_samples_type_0 import (
        HardeningRequestInputEvalSamplesType0,
    )
    from .hardening_request_input_labels import HardeningRequestInputLabels
    from .hardening_request_input_lambda_choice import HardeningRequestInputLambdaChoice
    from .hardening_request_input_layers_type_0 import HardeningRequestInputLayersType0
    from .hardening_request_input_method import HardeningRequestInputMethod
    from .hardening_request_input_optimizer import HardeningRequestInputOptimizer
    from .hardening_request_input_precision import HardeningRequestInputPrecision
    from .hardening_request_input_schedule import HardeningRequestInputSchedule
    from .hardening_request_input_selection import HardeningRequestInputSelection
    from .hardening_request_output import HardeningRequestOutput
    from .hardening_request_output_adversary import HardeningRequestOutputAdversary
    from .hardening_request_output_augment_item import HardeningRequestOutputAugmentItem
    from .hardening_request_output_batch_norm import HardeningRequestOutputBatchNorm
    from .hardening_request_output_choose_by_type_0 import (
        HardeningRequestOutputChooseByType0,
    )
    from .hardening_request_output_criticality import HardeningRequestOutputCriticality
    from .hardening_request_output_eval_samples_type_0 import (
        HardeningRequestOutputEvalSamplesType0,
    )
    from .hardening_request_output_labels import HardeningRequestOutputLabels
    from .hardening_request_output_lambda_choice import (
        HardeningRequestOutputLambdaChoice,
    )
    from .hardening_request_output_layers_type_0 import (
        HardeningRequestOutputLayersType0,
    )
    from .hardening_request_output_method import HardeningRequestOutputMethod
    from .hardening_request_output_optimizer import HardeningRequestOutputOptimizer
    from .hardening_request_output_precision import HardeningRequestOutputPrecision
    from .hardening_request_output_schedule import HardeningRequestOutputSchedule
    from .hardening_request_output_selection import HardeningRequestOutputSelection
    from .head import Head
    from .headline import Headline
    from .histogram import Histogram
    from .hits import Hits
    from .hugging_face_request import HuggingFaceRequest
    from .hugging_face_request_audit import HuggingFaceRequestAudit
    from .ifgsm_input import IfgsmInput
    from .ifgsm_output import IfgsmOutput
    from .image_detail import ImageDetail
    from .image_view import ImageView
    from .images_page import ImagesPage
    from .images_page_sort import ImagesPageSort
    from .importance_chance import ImportanceChance
    from .input_spec import InputSpec
    from .input_spec_channels import InputSpecChannels
    from .input_spec_layout_type_0 import InputSpecLayoutType0
    from .integration_change import IntegrationChange
    from .integration_change_audit_type_0 import IntegrationChangeAuditType0
    from .integration_info import IntegrationInfo
    from .integration_info_audit import IntegrationInfoAudit
    from .integration_info_credentials_type_0 import IntegrationInfoCredentialsType0
    from .integration_info_kind import IntegrationInfoKind
    from .integration_info_status import IntegrationInfoStatus
    from .interpretability import Interpretability
    from .job_event import JobEvent
    from .job_event_type import JobEventType
    from .job_event_verdict_type_0 import JobEventVerdictType0
    from .job_status import JobStatus
    from .key_info import KeyInfo
    from .key_request import KeyRequest
    from .key_rotation import KeyRotation
    from .keyed_version_event import KeyedVersionEvent
    from .layer_info import LayerInfo
    from .layer_info_kind import LayerInfoKind
    from .layer_sensitivity import LayerSensitivity
    from .layer_sensitivity_kind import LayerSensitivityKind
    from .layer_sensitivity_ratio import LayerSensitivityRatio
    from .layer_sensitivity_sensitivity import LayerSensitivitySensitivity
    from .layer_similarity import LayerSimilarity
    from .layer_sweep import LayerSweep
    from .layer_view import LayerView
    from .layer_view_ratio_type_0 import LayerViewRatioType0
    from .layer_view_sensitivity_type_0 import LayerViewSensitivityType0
    from .layers_page import LayersPage
    from .left_out import LeftOut
    from .left_out_side import LeftOutSide
    from .limits import Limits
    from .list_audit_images_format import ListAuditImagesFormat
    from .list_audit_images_sort import ListAuditImagesSort
    from .list_audit_neurons_format import ListAuditNeuronsFormat
    from .list_audit_neurons_sort import ListAuditNeuronsSort
    from .list_deliveries_status import ListDeliveriesStatus
    from .list_registry_versions_status import ListRegistryVersionsStatus
    from .live import Live
    from .m_lflow_request import MLflowRequest
    from .m_lflow_request_audit import MLflowRequestAudit
    from .maps import Maps
    from .maps_kind_type_0 import MapsKindType0
    from .mask import Mask
    from .mask_array_type_0 import MaskArrayType0
    from .masking_options_input import MaskingOptionsInput
    from .masking_options_output import MaskingOptionsOutput
    from .masking_point import MaskingPoint
    from .masking_point_group import MaskingPointGroup
    from .masking_point_robust_accuracy import MaskingPointRobustAccuracy
    from .masking_section import MaskingSection
    from .masking_section_attacks import MaskingSectionAttacks
    from .masking_section_attacks_additional_property import (
        MaskingSectionAttacksAdditionalProperty,
    )
    from .matrix_view import MatrixView
    from .mean_importance import MeanImportance
    from .model_info import ModelInfo
    from .model_info_format_type_0 import ModelInfoFormatType0
    from .model_info_tags import ModelInfoTags
    from .model_inspection import ModelInspection
    from .model_inspection_agreement import ModelInspectionAgreement
    from .model_inspection_format import ModelInspectionFormat
    from .model_metadata import ModelMetadata
    from .model_metadata_format_type_0 import ModelMetadataFormatType0
    from .model_metadata_tags import ModelMetadataTags
    from .model_signing_key import ModelSigningKey
    from .model_source import ModelSource
    from .nattack_input import NattackInput
    from .nattack_input_norm import NattackInputNorm
    from .nattack_output import NattackOutput
    from .nattack_output_norm import NattackOutputNorm
    from .neuron_detail import NeuronDetail
    from .neuron_detail_measures_type_0 import NeuronDetailMeasuresType0
    from .neuron_options_input import NeuronOptionsInput
    from .neuron_options_input_importance_options import (
        NeuronOptionsInputImportanceOptions,
    )
    from .neuron_options_input_receptive_field_options import (
        NeuronOptionsInputReceptiveFieldOptions,
    )
    from .neuron_options_input_similarity_options import (
        NeuronOptionsInputSimilarityOptions,
    )
    from .neuron_options_input_sweep_options import NeuronOptionsInputSweepOptions
    from .neuron_options_input_sweep_options_taps_item import (
        NeuronOptionsInputSweepOptionsTapsItem,
    )
    from .neuron_options_input_tap import NeuronOptionsInputTap
    from .neuron_options_input_zero_policy import NeuronOptionsInputZeroPolicy
    from .neuron_options_output import NeuronOptionsOutput
    from .neuron_options_output_importance_options import (
        NeuronOptionsOutputImportanceOptions,
    )
    from .neuron_options_output_receptive_field_options import (
        NeuronOptionsOutputReceptiveFieldOptions,
    )
    from .neuron_options_output_similarity_options import (
        NeuronOptionsOutputSimilarityOptions,
    )
    from .neuron_options_output_sweep_options import NeuronOptionsOutputSweepOptions
    from .neuron_options_output_sweep_options_taps_item import (
        NeuronOptionsOutputSweepOptionsTapsItem,
    )
    from .neuron_options_output_tap import NeuronOptionsOutputTap
    from .neuron_options_output_zero_policy import NeuronOptionsOutputZeroPolicy
    from .neuron_rank import NeuronRank
    from .neuron_report import NeuronReport
    from .neuron_report_importance_section import NeuronReportImportanceSection
    from .neuron_report_receptive_field_section import NeuronReportReceptiveFieldSection
    from .neuron_report_similarity_section import NeuronReportSimilaritySection
    from .neuron_report_suppression_section import NeuronReportSuppressionSection
    from .neuron_report_suppression_section_attacks import (
        NeuronReportSuppressionSectionAttacks,
    )
    from .neuron_report_suppression_section_attacks_additional_property import (
        NeuronReportSuppressionSectionAttacksAdditionalProperty,
    )
    from .neuron_report_suppression_section_ranking import (
        NeuronReportSuppressionSectionRanking,
    )
    from .neuron_report_sweep_section import NeuronReportSweepSection
    from .neuron_report_vulnerability_section import NeuronReportVulnerabilitySection
    from .neuron_report_vulnerability_section_attack import (
        NeuronReportVulnerabilitySectionAttack,
    )
    from .neuron_report_vulnerability_section_top import (
        NeuronReportVulnerabilitySectionTop,
    )
    from .neuron_view import NeuronView
    from .neuron_view_measures_type_0 import NeuronViewMeasuresType0
    from .neurons_page import NeuronsPage
    from .neurons_page_sort import NeuronsPageSort
    from .new_key import NewKey
    from .new_webhook import NewWebhook
    from .new_webhook_events_type_0_item_type_1 import NewWebhookEventsType0ItemType1
    from .one_pixel_input import OnePixelInput
    from .one_pixel_output import OnePixelOutput
    from .other import Other
    from .own_cluster import OwnCluster
    from .page_artifact_info import PageArtifactInfo
    from .page_attack_info import PageAttackInfo
    from .page_audit_info import PageAuditInfo
    from .page_dataset_info import PageDatasetInfo
    from .page_delivery_info import PageDeliveryInfo
    from .page_hardening_info import PageHardeningInfo
    from .page_hardening_method import PageHardeningMethod
    from .page_integration_info import PageIntegrationInfo
    from .page_key_info import PageKeyInfo
    from .page_model_info import PageModelInfo
    from .page_policy_info import PagePolicyInfo
    from .page_preset import PagePreset
    from .page_sample_result import PageSampleResult
    from .page_upload_info import PageUploadInfo
    from .page_version_info import PageVersionInfo
    from .page_webhook_info import PageWebhookInfo
    from .pair_info import PairInfo
    from .paired import Paired
    from .part import Part
    from .part_address import PartAddress
    from .part_status import PartStatus
    from .perturbation import Perturbation
    from .pgd_input import PgdInput
    from .pgd_input_loss import PgdInputLoss
    from .pgd_input_norm import PgdInputNorm
    from .pgd_input_target_type_0 import PgdInputTargetType0
    from .pgd_output import PgdOutput
    from .pgd_output_loss import PgdOutputLoss
    from .pgd_output_norm import PgdOutputNorm
    from .pgd_output_target_type_0 import PgdOutputTargetType0
    from .picture import Picture
    from .pixel_curve import PixelCurve
    from .plane import Plane
    from .policy import Policy
    from .policy_change import PolicyChange
    from .policy_info import PolicyInfo
    from .policy_request import PolicyRequest
    from .policy_rule import PolicyRule
    from .policy_rule_op import PolicyRuleOp
    from .preset import Preset
    from .preset_name import PresetName
    from .problem import Problem
    from .progress import Progress
    from .ranked_neuron import RankedNeuron
    from .ready import Ready
    from .ready_checks import ReadyChecks
    from .ready_sandbox_missing import ReadySandboxMissing
    from .ready_status import ReadyStatus
    from .refined_mean import RefinedMean
    from .refined_sample import RefinedSample
    from .region import Region
    from .region_classes import RegionClasses
    from .region_detail import RegionDetail
    from .region_options import RegionOptions
    from .region_options_segmentation import RegionOptionsSegmentation
    from .region_options_semantic_type_0 import RegionOptionsSemanticType0
    from .region_options_values import RegionOptionsValues
    from .region_sample import RegionSample
    from .region_section import RegionSection
    from .region_view import RegionView
    from .regions_page import RegionsPage
    from .replay_answer import ReplayAnswer
    from .replay_report import ReplayReport
    from .replay_report_verdict_type_0 import ReplayReportVerdictType0
    from .replay_request import ReplayRequest
    from .replay_request_status import ReplayRequestStatus
    from .replayed_by import ReplayedBy
    from .report import Report
    from .report_config import ReportConfig
    from .report_dataset import ReportDataset
    from .report_dataset_label_mapping_type_0 import ReportDatasetLabelMappingType0
    from .report_definitions import ReportDefinitions
    from .report_environment import ReportEnvironment
    from .report_hardening_type_0 import ReportHardeningType0
    from .report_model import ReportModel
    from .report_timings import ReportTimings
    from .report_verdict import ReportVerdict
    from .report_verdict_status_type_0 import ReportVerdictStatusType0
    from .resize import Resize
    from .resize_interpolation import ResizeInterpolation
    from .rule_result import RuleResult
    from .rule_result_status import RuleResultStatus
    from .sample_result import SampleResult
    from .sample_result_attacks import SampleResultAttacks
    from .samples_left_out import SamplesLeftOut
    from .samples_left_out_side import SamplesLeftOutSide
    from .scope import Scope
    from .score import Score
    from .score_curve import ScoreCurve
    from .scrutiny import Scrutiny
    from .secret_rotation import SecretRotation
    from .sent_part import SentPart
    from .share_intervals import ShareIntervals
    from .shares import Shares
    from .signing_key import SigningKey
    from .so_far import SoFar
    from .so_far_judged_on_type_0 import SoFarJudgedOnType0
    from .spsa_input import SpsaInput
    from .spsa_input_norm import SpsaInputNorm
    from .spsa_output import SpsaOutput
    from .spsa_output_norm import SpsaOutputNorm
    from .square_input import SquareInput
    from .square_input_norm import SquareInputNorm
    from .square_output import SquareOutput
    from .square_output_norm import SquareOutputNorm
    from .stopped import Stopped
    from .stopped_reason import StoppedReason
    from .str_attack_input import StrAttackInput
    from .str_attack_output import StrAttackOutput
    from .suppression_options_input import SuppressionOptionsInput
    from .suppression_options_input_ranking import SuppressionOptionsInputRanking
    from .suppression_options_output import SuppressionOptionsOutput
    from .suppression_options_output_ranking import SuppressionOptionsOutputRanking
    from .suppression_point import SuppressionPoint
    from .suppression_point_group import SuppressionPointGroup
    from .suppression_point_robust_accuracy import SuppressionPointRobustAccuracy
    from .swept_layer import SweptLayer
    from .target_importance import TargetImportance
    from .targeted import Targeted
    from .targeted_attack import TargetedAttack
    from .threat_model import ThreatModel
    from .threat_model_kind import ThreatModelKind
    from .threat_model_norm_type_0 import ThreatModelNormType0
    from .threat_paired import ThreatPaired
    from .underway import Underway
    from .upload_dataset_files_body import UploadDatasetFilesBody
    from .upload_info import UploadInfo
    from .upload_model_files_body import UploadModelFilesBody
    from .upload_status import UploadStatus
    from .usage import Usage
    from .version_event import VersionEvent
    from .version_info import VersionInfo
    from .version_info_status import VersionInfoStatus
    from .vulnerability_curves import VulnerabilityCurves
    from .vulnerability_maps import VulnerabilityMaps
    from .vulnerability_options_input import VulnerabilityOptionsInput
    from .vulnerability_options_input_embedding import (
        VulnerabilityOptionsInputEmbedding,
    )
    from .vulnerability_options_input_linkage import VulnerabilityOptionsInputLinkage
    from .vulnerability_options_output import VulnerabilityOptionsOutput
    from .vulnerability_options_output_embedding import (
        VulnerabilityOptionsOutputEmbedding,
    )
    from .vulnerability_options_output_linkage import VulnerabilityOptionsOutputLinkage
    from .webhook_change import WebhookChange
    from .webhook_change_events_type_0_item_type_1 import (
        WebhookChangeEventsType0ItemType1,
    )
    from .webhook_event import WebhookEvent
    from .webhook_info import WebhookInfo
    from .webhook_info_events_type_0_item_type_1 import WebhookInfoEventsType0ItemType1
    from .webhook_request import WebhookRequest
    from .webhook_request_events_type_0_item_type_1 import (
        WebhookRequestEventsType0ItemType1,
    )
    from .worker_info import WorkerInfo
    from .worker_info_sandbox_missing import WorkerInfoSandboxMissing
    from .worker_info_versions import WorkerInfoVersions
    from .worst_case import WorstCase

_MODULES = {
    "AnalysesView": ".analyses_view",
    "AnalysisThere": ".analysis_there",
    "ApgdInput": ".apgd_input",
    "ApgdInputLoss": ".apgd_input_loss",
    "ApgdInputNorm": ".apgd_input_norm",
    "ApgdOutput": ".apgd_output",
    "ApgdOutputLoss": ".apgd_output_loss",
    "ApgdOutputNorm": ".apgd_output_norm",
    "ApgdTInput": ".apgd_t_input",
    "ApgdTInputNorm": ".apgd_t_input_norm",
    "ApgdTOutput": ".apgd_t_output",
    "ApgdTOutputNorm": ".apgd_t_output_norm",
    "AppliesTo": ".applies_to",
    "AppliesToTags": ".applies_to_tags",
    "ArtifactInfo": ".artifact_info",
    "AttackInfo": ".attack_info",
    "AttackInfoDefaults": ".attack_info_defaults",
    "AttackInfoSchema": ".attack_info_schema",
    "AttackOutcome": ".attack_outcome",
    "AttackPaired": ".attack_paired",
    "AttackReport": ".attack_report",
    "AttackReportFigures": ".attack_report_figures",
    "AttackReportParams": ".attack_report_params",
    "AttackReportQueriesType0": ".attack_report_queries_type_0",
    "Attempt": ".attempt",
    "AuditInfo": ".audit_info",
    "AuditInfoLabels": ".audit_info_labels",
    "AuditInfoVerdictType0": ".audit_info_verdict_type_0",
    "AuditRequestInput": ".audit_request_input",
    "AuditRequestInputLabels": ".audit_request_input_labels",
    "AuditRequestInputPresetType0": ".audit_request_input_preset_type_0",
    "AuditRequestInputSamplesType0": ".audit_request_input_samples_type_0",
    "AuditRequestOutput": ".audit_request_output",
    "AuditRequestOutputLabels": ".audit_request_output_labels",
    "AuditRequestOutputPresetType0": ".audit_request_output_preset_type_0",
    "AuditRequestOutputSamplesType0": ".audit_request_output_samples_type_0",
    "AutoAttackInput": ".auto_attack_input",
    "AutoAttackInputNorm": ".auto_attack_input_norm",
    "AutoAttackOutput": ".auto_attack_output",
    "AutoAttackOutputNorm": ".auto_attack_output_norm",
    "BestSoFar": ".best_so_far",
    "BestSoFarJudgedOn": ".best_so_far_judged_on",
    "BothClasses": ".both_classes",
    "BothImages": ".both_images",
    "Budget": ".budget",
    "BudgetCurve": ".budget_curve",
    "Cell": ".cell",
    "Check": ".check",
    "CheckNumbers": ".check_numbers",
    "CheckStatus": ".check_status",
    "ClassBand": ".class_band",
    "ClassCount": ".class_count",
    "ClassPaired": ".class_paired",
    "ClassProbability": ".class_probability",
    "ClassReport": ".class_report",
    "Clean": ".clean",
    "Cluster": ".cluster",
    "ClustersPage": ".clusters_page",
    "CommonImages": ".common_images",
    "ComparedAudit": ".compared_audit",
    "ComparisonReport": ".comparison_report",
    "ComparisonReportVerdict": ".comparison_report_verdict",
    "CompleteUpload": ".complete_upload",
    "CorruptionInput": ".corruption_input",
    "CorruptionInputCorruption": ".corruption_input_corruption",
    "CorruptionOutput": ".corruption_output",
    "CorruptionOutputCorruption": ".corruption_output_corruption",
    "Curve": ".curve",
    "Curves": ".curves",
    "CwInput": ".cw_input",
    "CwOutput": ".cw_output",
    "DatasetInfo": ".dataset_info",
    "DatasetInspection": ".dataset_inspection",
    "DatasetInspectionDtype": ".dataset_inspection_dtype",
    "DatasetInspectionLabelOrderType0": ".dataset_inspection_label_order_type_0",
    "DatasetInspectionLabelSource": ".dataset_inspection_label_source",
    "DatasetMetadataInput": ".dataset_metadata_input",
    "DatasetMetadataInputChannelsType0": ".dataset_metadata_input_channels_type_0",
    "DatasetMetadataInputLabelOrderType0": ".dataset_metadata_input_label_order_type_0",
    "DatasetMetadataInputLayoutType0": ".dataset_metadata_input_layout_type_0",
    "DatasetMetadataOutput": ".dataset_metadata_output",
    "DatasetMetadataOutputChannelsType0": ".dataset_metadata_output_channels_type_0",
    "DatasetMetadataOutputLabelOrderType0": ".dataset_metadata_output_label_order_type_0",
    "DatasetMetadataOutputLayoutType0": ".dataset_metadata_output_layout_type_0",
    "DatasetSource": ".dataset_source",
    "DdnInput": ".ddn_input",
    "DdnOutput": ".ddn_output",
    "DeepfoolInput": ".deepfool_input",
    "DeepfoolInputNorm": ".deepfool_input_norm",
    "DeepfoolOutput": ".deepfool_output",
    "DeepfoolOutputNorm": ".deepfool_output_norm",
    "DeliveryInfo": ".delivery_info",
    "DeliveryInfoStatus": ".delivery_info_status",
    "DendrogramView": ".dendrogram_view",
    "DensityCorrelation": ".density_correlation",
    "DirectParts": ".direct_parts",
    "DirectUpload": ".direct_upload",
    "DissectedUnit": ".dissected_unit",
    "DissectionOptions": ".dissection_options",
    "DissectionSection": ".dissection_section",
    "DissectionSectionByConcept": ".dissection_section_by_concept",
    "Distance": ".distance",
    "EadInput": ".ead_input",
    "EadOutput": ".ead_output",
    "EmbeddingView": ".embedding_view",
    "EmbeddingViewMethod": ".embedding_view_method",
    "Estimate": ".estimate",
    "EventAnswer": ".event_answer",
    "EventAnswerOutcome": ".event_answer_outcome",
    "EventData": ".event_data",
    "EventDataLabels": ".event_data_labels",
    "EventDataVerdictType0": ".event_data_verdict_type_0",
    "EventType": ".event_type",
    "Exciting": ".exciting",
    "ExcitingImage": ".exciting_image",
    "Execution": ".execution",
    "ExplainOptionsInput": ".explain_options_input",
    "ExplainOptionsInputMapType0": ".explain_options_input_map_type_0",
    "ExplainOptionsInputTargetsType0": ".explain_options_input_targets_type_0",
    "ExplainOptionsOutput": ".explain_options_output",
    "ExplainOptionsOutputMapType0": ".explain_options_output_map_type_0",
    "ExplainOptionsOutputTargetsType0": ".explain_options_output_targets_type_0",
    "ExplainSection": ".explain_section",
    "ExplainedAttack": ".explained_attack",
    "ExplainedSample": ".explained_sample",
    "ExplanationDetail": ".explanation_detail",
    "ExplanationView": ".explanation_view",
    "ExplanationsPage": ".explanations_page",
    "Exports": ".exports",
    "FabTInput": ".fab_t_input",
    "FabTInputNorm": ".fab_t_input_norm",
    "FabTOutput": ".fab_t_output",
    "FabTOutputNorm": ".fab_t_output_norm",
    "FgsmInput": ".fgsm_input",
    "FgsmInputNorm": ".fgsm_input_norm",
    "FgsmOutput": ".fgsm_output",
    "FgsmOutputNorm": ".fgsm_output_norm",
    "FieldError": ".field_error",
    "FieldImage": ".field_image",
    "FieldLayer": ".field_layer",
    "FieldNeuron": ".field_neuron",
    "FieldNeuronGroup": ".field_neuron_group",
    "FmnInput": ".fmn_input",
    "FmnInputNorm": ".fmn_input_norm",
    "FmnOutput": ".fmn_output",
    "FmnOutputNorm": ".fmn_output_norm",
    "GaussianNoiseInput": ".gaussian_noise_input",
    "GaussianNoiseOutput": ".gaussian_noise_output",
    "GenericRequest": ".generic_request",
    "GenericRequestAudit": ".generic_request_audit",
    "GetAuditDendrogramFormat": ".get_audit_dendrogram_format",
    "GetAuditEmbeddingFormat": ".get_audit_embedding_format",
    "GetAuditEmbeddingMethod": ".get_audit_embedding_method",
    "GetAuditImageFormat": ".get_audit_image_format",
    "GetAuditPictureMode": ".get_audit_picture_mode",
    "Goal": ".goal",
    "GpuMemory": ".gpu_memory",
    "GroupMap": ".group_map",
    "HardenOptionsInput": ".harden_options_input",
    "HardenOptionsInputAdversary": ".harden_options_input_adversary",
    "HardenOptionsInputAugmentItem": ".harden_options_input_augment_item",
    "HardenOptionsInputBatchNorm": ".harden_options_input_batch_norm",
    "HardenOptionsInputChooseByType0": ".harden_options_input_choose_by_type_0",
    "HardenOptionsInputCriticality": ".harden_options_input_criticality",
    "HardenOptionsInputLambdaChoice": ".harden_options_input_lambda_choice",
    "HardenOptionsInputLayersType0": ".harden_options_input_layers_type_0",
    "HardenOptionsInputMethod": ".harden_options_input_method",
    "HardenOptionsInputOptimizer": ".harden_options_input_optimizer",
    "HardenOptionsInputPrecision": ".harden_options_input_precision",
    "HardenOptionsInputSchedule": ".harden_options_input_schedule",
    "HardenOptionsInputSelection": ".harden_options_input_selection",
    "HardenOptionsOutput": ".harden_options_output",
    "HardenOptionsOutputAdversary": ".harden_options_output_adversary",
    "HardenOptionsOutputAugmentItem": ".harden_options_output_augment_item",
    "HardenOptionsOutputBatchNorm": ".harden_options_output_batch_norm",
    "HardenOptionsOutputChooseByType0": ".harden_options_output_choose_by_type_0",
    "HardenOptionsOutputCriticality": ".harden_options_output_criticality",
    "HardenOptionsOutputLambdaChoice": ".harden_options_output_lambda_choice",
    "HardenOptionsOutputLayersType0": ".harden_options_output_layers_type_0",
    "HardenOptionsOutputMethod": ".harden_options_output_method",
    "HardenOptionsOutputOptimizer": ".harden_options_output_optimizer",
    "HardenOptionsOutputPrecision": ".harden_options_output_precision",
    "HardenOptionsOutputSchedule": ".harden_options_output_schedule",
    "HardenOptionsOutputSelection": ".harden_options_output_selection",
    "HardeningInfo": ".hardening_info",
    "HardeningInfoLabels": ".hardening_info_labels",
    "HardeningInfoMetricsType0": ".hardening_info_metrics_type_0",
    "HardeningInfoVerdictType0": ".hardening_info_verdict_type_0",
    "HardeningMethod": ".hardening_method",
    "HardeningMethodKind": ".hardening_method_kind",
    "HardeningRequestInput": ".hardening_request_input",
    "HardeningRequestInputAdversary": ".hardening_request_input_adversary",
    "HardeningRequestInputAugmentItem": ".hardening_request_input_augment_item",
    "HardeningRequestInputBatchNorm": ".hardening_request_input_batch_norm",
    "HardeningRequestInputChooseByType0": ".hardening_request_input_choose_by_type_0",
    "HardeningRequestInputCriticality": ".hardening_request_input_criticality",
    "HardeningRequestInputEvalSamplesType0": ".hardening_request_input_eval_samples_type_0",
    "HardeningRequestInputLabels": ".hardening_request_input_labels",
    "HardeningRequestInputLambdaChoice": ".hardening_request_input_lambda_choice",
    "HardeningRequestInputLayersType0": ".hardening_request_input_layers_type_0",
    "HardeningRequestInputMethod": ".hardening_request_input_method",
    "HardeningRequestInputOptimizer": ".hardening_request_input_optimizer",
    "HardeningRequestInputPrecision": ".hardening_request_input_precision",
    "HardeningRequestInputSchedule": ".hardening_request_input_schedule",
    "HardeningRequestInputSelection": ".hardening_request_input_selection",
    "HardeningRequestOutput": ".hardening_request_output",
    "HardeningRequestOutputAdversary": ".hardening_request_output_adversary",
    "HardeningRequestOutputAugmentItem": ".hardening_request_output_augment_item",
    "HardeningRequestOutputBatchNorm": ".hardening_request_output_batch_norm",
    "HardeningRequestOutputChooseByType0": ".hardening_request_output_choose_by_type_0",
    "HardeningRequestOutputCriticality": ".hardening_request_output_criticality",
    "HardeningRequestOutputEvalSamplesType0": ".hardening_request_output_eval_samples_type_0",
    "HardeningRequestOutputLabels": ".hardening_request_output_labels",
    "HardeningRequestOutputLambdaChoice": ".hardening_request_output_lambda_choice",
    "HardeningRequestOutputLayersType0": ".hardening_request_output_layers_type_0",
    "HardeningRequestOutputMethod": ".hardening_request_output_method",
    "HardeningRequestOutputOptimizer": ".hardening_request_output_optimizer",
    "HardeningRequestOutputPrecision": ".hardening_request_output_precision",
    "HardeningRequestOutputSchedule": ".hardening_request_output_schedule",
    "HardeningRequestOutputSelection": ".hardening_request_output_selection",
    "Head": ".head",
    "Headline": ".headline",
    "Histogram": ".histogram",
    "Hits": ".hits",
    "HuggingFaceRequest": ".hugging_face_request",
    "HuggingFaceRequestAudit": ".hugging_face_request_audit",
    "IfgsmInput": ".ifgsm_input",
    "IfgsmOutput": ".ifgsm_output",
    "ImageDetail": ".image_detail",
    "ImageView": ".image_view",
    "ImagesPage": ".images_page",
    "ImagesPageSort": ".images_page_sort",
    "ImportanceChance": ".importance_chance",
    "InputSpec": ".input_spec",
    "InputSpecChannels": ".input_spec_channels",
    "InputSpecLayoutType0": ".input_spec_layout_type_0",
    "IntegrationChange": ".integration_change",
    "IntegrationChangeAuditType0": ".integration_change_audit_type_0",
    "IntegrationInfo": ".integration_info",
    "IntegrationInfoAudit": ".integration_info_audit",
    "IntegrationInfoCredentialsType0": ".integration_info_credentials_type_0",
    "IntegrationInfoKind": ".integration_info_kind",
    "IntegrationInfoStatus": ".integration_info_status",
    "Interpretability": ".interpretability",
    "JobEvent": ".job_event",
    "JobEventType": ".job_event_type",
    "JobEventVerdictType0": ".job_event_verdict_type_0",
    "JobStatus": ".job_status",
    "KeyInfo": ".key_info",
    "KeyRequest": ".key_request",
    "KeyRotation": ".key_rotation",
    "KeyedVersionEvent": ".keyed_version_event",
    "LayerInfo": ".layer_info",
    "LayerInfoKind": ".layer_info_kind",
    "LayerSensitivity": ".layer_sensitivity",
    "LayerSensitivityKind": ".layer_sensitivity_kind",
    "LayerSensitivityRatio": ".layer_sensitivity_ratio",
    "LayerSensitivitySensitivity": ".layer_sensitivity_sensitivity",
    "LayerSimilarity": ".layer_similarity",
    "LayerSweep": ".layer_sweep",
    "LayerView": ".layer_view",
    "LayerViewRatioType0": ".layer_view_ratio_type_0",
    "LayerViewSensitivityType0": ".layer_view_sensitivity_type_0",
    "LayersPage": ".layers_page",
    "LeftOut": ".left_out",
    "LeftOutSide": ".left_out_side",
    "Limits": ".limits",
    "ListAuditImagesFormat": ".list_audit_images_format",
    "ListAuditImagesSort": ".list_audit_images_sort",
    "ListAuditNeuronsFormat": ".list_audit_neurons_format",
    "ListAuditNeuronsSort": ".list_audit_neurons_sort",
    "ListDeliveriesStatus": ".list_deliveries_status",
    "ListRegistryVersionsStatus": ".list_registry_versions_status",
    "Live": ".live",
    "MLflowRequest": ".m_lflow_request",
    "MLflowRequestAudit": ".m_lflow_request_audit",
    "Maps": ".maps",
    "MapsKindType0": ".maps_kind_type_0",
    "Mask": ".mask",
    "MaskArrayType0": ".mask_array_type_0",
    "MaskingOptionsInput": ".masking_options_input",
    "MaskingOptionsOutput": ".masking_options_output",
    "MaskingPoint": ".masking_point",
    "MaskingPointGroup": ".masking_point_group",
    "MaskingPointRobustAccuracy": ".masking_point_robust_accuracy",
    "MaskingSection": ".masking_section",
    "MaskingSectionAttacks": ".masking_section_attacks",
    "MaskingSectionAttacksAdditionalProperty": ".masking_section_attacks_additional_property",
    "MatrixView": ".matrix_view",
    "MeanImportance": ".mean_importance",
    "ModelInfo": ".model_info",
    "ModelInfoFormatType0": ".model_info_format_type_0",
    "ModelInfoTags": ".model_info_tags",
    "ModelInspection": ".model_inspection",
    "ModelInspectionAgreement": ".model_inspection_agreement",
    "ModelInspectionFormat": ".model_inspection_format",
    "ModelMetadata": ".model_metadata",
    "ModelMetadataFormatType0": ".model_metadata_format_type_0",
    "ModelMetadataTags": ".model_metadata_tags",
    "ModelSigningKey": ".model_signing_key",
    "ModelSource": ".model_source",
    "NattackInput": ".nattack_input",
    "NattackInputNorm": ".nattack_input_norm",
    "NattackOutput": ".nattack_output",
    "NattackOutputNorm": ".nattack_output_norm",
    "NeuronDetail": ".neuron_detail",
    "NeuronDetailMeasuresType0": ".neuron_detail_measures_type_0",
    "NeuronOptionsInput": ".neuron_options_input",
    "NeuronOptionsInputImportanceOptions": ".neuron_options_input_importance_options",
    "NeuronOptionsInputReceptiveFieldOptions": ".neuron_options_input_receptive_field_options",
    "NeuronOptionsInputSimilarityOptions": ".neuron_options_input_similarity_options",
    "NeuronOptionsInputSweepOptions": ".neuron_options_input_sweep_options",
    "NeuronOptionsInputSweepOptionsTapsItem": ".neuron_options_input_sweep_options_taps_item",
    "NeuronOptionsInputTap": ".neuron_options_input_tap",
    "NeuronOptionsInputZeroPolicy": ".neuron_options_input_zero_policy",
    "NeuronOptionsOutput": ".neuron_options_output",
    "NeuronOptionsOutputImportanceOptions": ".neuron_options_output_importance_options",
    "NeuronOptionsOutputReceptiveFieldOptions": ".neuron_options_output_receptive_field_options",
    "NeuronOptionsOutputSimilarityOptions": ".neuron_options_output_similarity_options",
    "NeuronOptionsOutputSweepOptions": ".neuron_options_output_sweep_options",
    "NeuronOptionsOutputSweepOptionsTapsItem": ".neuron_options_output_sweep_options_taps_item",
    "NeuronOptionsOutputTap": ".neuron_options_output_tap",
    "NeuronOptionsOutputZeroPolicy": ".neuron_options_output_zero_policy",
    "NeuronRank": ".neuron_rank",
    "NeuronReport": ".neuron_report",
    "NeuronReportImportanceSection": ".neuron_report_importance_section",
    "NeuronReportReceptiveFieldSection": ".neuron_report_receptive_field_section",
    "NeuronReportSimilaritySection": ".neuron_report_similarity_section",
    "NeuronReportSuppressionSection": ".neuron_report_suppression_section",
    "NeuronReportSuppressionSectionAttacks": ".neuron_report_suppression_section_attacks",
    "NeuronReportSuppressionSectionAttacksAdditionalProperty": ".neuron_report_suppression_section_attacks_additional_property",
    "NeuronReportSuppressionSectionRanking": ".neuron_report_suppression_section_ranking",
    "NeuronReportSweepSection": ".neuron_report_sweep_section",
    "NeuronReportVulnerabilitySection": ".neuron_report_vulnerability_section",
    "NeuronReportVulnerabilitySectionAttack": ".neuron_report_vulnerability_section_attack",
    "NeuronReportVulnerabilitySectionTop": ".neuron_report_vulnerability_section_top",
    "NeuronView": ".neuron_view",
    "NeuronViewMeasuresType0": ".neuron_view_measures_type_0",
    "NeuronsPage": ".neurons_page",
    "NeuronsPageSort": ".neurons_page_sort",
    "NewKey": ".new_key",
    "NewWebhook": ".new_webhook",
    "NewWebhookEventsType0ItemType1": ".new_webhook_events_type_0_item_type_1",
    "OnePixelInput": ".one_pixel_input",
    "OnePixelOutput": ".one_pixel_output",
    "Other": ".other",
    "OwnCluster": ".own_cluster",
    "PageArtifactInfo": ".page_artifact_info",
    "PageAttackInfo": ".page_attack_info",
    "PageAuditInfo": ".page_audit_info",
    "PageDatasetInfo": ".page_dataset_info",
    "PageDeliveryInfo": ".page_delivery_info",
    "PageHardeningInfo": ".page_hardening_info",
    "PageHardeningMethod": ".page_hardening_method",
    "PageIntegrationInfo": ".page_integration_info",
    "PageKeyInfo": ".page_key_info",
    "PageModelInfo": ".page_model_info",
    "PagePolicyInfo": ".page_policy_info",
    "PagePreset": ".page_preset",
    "PageSampleResult": ".page_sample_result",
    "PageUploadInfo": ".page_upload_info",
    "PageVersionInfo": ".page_version_info",
    "PageWebhookInfo": ".page_webhook_info",
    "PairInfo": ".pair_info",
    "Paired": ".paired",
    "Part": ".part",
    "PartAddress": ".part_address",
    "PartStatus": ".part_status",
    "Perturbation": ".perturbation",
    "PgdInput": ".pgd_input",
    "PgdInputLoss": ".pgd_input_loss",
    "PgdInputNorm": ".pgd_input_norm",
    "PgdInputTargetType0": ".pgd_input_target_type_0",
    "PgdOutput": ".pgd_output",
    "PgdOutputLoss": ".pgd_output_loss",
    "PgdOutputNorm": ".pgd_output_norm",
    "PgdOutputTargetType0": ".pgd_output_target_type_0",
    "Picture": ".picture",
    "PixelCurve": ".pixel_curve",
    "Plane": ".plane",
    "Policy": ".policy",
    "PolicyChange": ".policy_change",
    "PolicyInfo": ".policy_info",
    "PolicyRequest": ".policy_request",
    "PolicyRule": ".policy_rule",
    "PolicyRuleOp": ".policy_rule_op",
    "Preset": ".preset",
    "PresetName": ".preset_name",
    "Problem": ".problem",
    "Progress": ".progress",
    "RankedNeuron": ".ranked_neuron",
    "Ready": ".ready",
    "ReadyChecks": ".ready_checks",
    "ReadySandboxMissing": ".ready_sandbox_missing",
    "ReadyStatus": ".ready_status",
    "RefinedMean": ".refined_mean",
    "RefinedSample": ".refined_sample",
    "Region": ".region",
    "RegionClasses": ".region_classes",
    "RegionDetail": ".region_detail",
    "RegionOptions": ".region_options",
    "RegionOptionsSegmentation": ".region_options_segmentation",
    "RegionOptionsSemanticType0": ".region_options_semantic_type_0",
    "RegionOptionsValues": ".region_options_values",
    "RegionSample": ".region_sample",
    "RegionSection": ".region_section",
    "RegionView": ".region_view",
    "RegionsPage": ".regions_page",
    "ReplayAnswer": ".replay_answer",
    "ReplayReport": ".replay_report",
    "ReplayReportVerdictType0": ".replay_report_verdict_type_0",
    "ReplayRequest": ".replay_request",
    "ReplayRequestStatus": ".replay_request_status",
    "ReplayedBy": ".replayed_by",
    "Report": ".report",
    "ReportConfig": ".report_config",
    "ReportDataset": ".report_dataset",
    "ReportDatasetLabelMappingType0": ".report_dataset_label_mapping_type_0",
    "ReportDefinitions": ".report_definitions",
    "ReportEnvironment": ".report_environment",
    "ReportHardeningType0": ".report_hardening_type_0",
    "ReportModel": ".report_model",
    "ReportTimings": ".report_timings",
    "ReportVerdict": ".report_verdict",
    "ReportVerdictStatusType0": ".report_verdict_status_type_0",
    "Resize": ".resize",
    "ResizeInterpolation": ".resize_interpolation",
    "RuleResult": ".rule_result",
    "RuleResultStatus": ".rule_result_status",
    "SampleResult": ".sample_result",
    "SampleResultAttacks": ".sample_result_attacks",
    "SamplesLeftOut": ".samples_left_out",
    "SamplesLeftOutSide": ".samples_left_out_side",
    "Scope": ".scope",
    "Score": ".score",
    "ScoreCurve": ".score_curve",
    "Scrutiny": ".scrutiny",
    "SecretRotation": ".secret_rotation",
    "SentPart": ".sent_part",
    "ShareIntervals": ".share_intervals",
    "Shares": ".shares",
    "SigningKey": ".signing_key",
    "SoFar": ".so_far",
    "SoFarJudgedOnType0": ".so_far_judged_on_type_0",
    "SpsaInput": ".spsa_input",
    "SpsaInputNorm": ".spsa_input_norm",
    "SpsaOutput": ".spsa_output",
    "SpsaOutputNorm": ".spsa_output_norm",
    "SquareInput": ".square_input",
    "SquareInputNorm": ".square_input_norm",
    "SquareOutput": ".square_output",
    "SquareOutputNorm": ".square_output_norm",
    "Stopped": ".stopped",
    "StoppedReason": ".stopped_reason",
    "StrAttackInput": ".str_attack_input",
    "StrAttackOutput": ".str_attack_output",
    "SuppressionOptionsInput": ".suppression_options_input",
    "SuppressionOptionsInputRanking": ".suppression_options_input_ranking",
    "SuppressionOptionsOutput": ".suppression_options_output",
    "SuppressionOptionsOutputRanking": ".suppression_options_output_ranking",
    "SuppressionPoint": ".suppression_point",
    "SuppressionPointGroup": ".suppression_point_group",
    "SuppressionPointRobustAccuracy": ".suppression_point_robust_accuracy",
    "SweptLayer": ".swept_layer",
    "TargetImportance": ".target_importance",
    "Targeted": ".targeted",
    "TargetedAttack": ".targeted_attack",
    "ThreatModel": ".threat_model",
    "ThreatModelKind": ".threat_model_kind",
    "ThreatModelNormType0": ".threat_model_norm_type_0",
    "ThreatPaired": ".threat_paired",
    "Underway": ".underway",
    "UploadDatasetFilesBody": ".upload_dataset_files_body",
    "UploadInfo": ".upload_info",
    "UploadModelFilesBody": ".upload_model_files_body",
    "UploadStatus": ".upload_status",
    "Usage": ".usage",
    "VersionEvent": ".version_event",
    "VersionInfo": ".version_info",
    "VersionInfoStatus": ".version_info_status",
    "VulnerabilityCurves": ".vulnerability_curves",
    "VulnerabilityMaps": ".vulnerability_maps",
    "VulnerabilityOptionsInput": ".vulnerability_options_input",
    "VulnerabilityOptionsInputEmbedding": ".vulnerability_options_input_embedding",
    "VulnerabilityOptionsInputLinkage": ".vulnerability_options_input_linkage",
    "VulnerabilityOptionsOutput": ".vulnerability_options_output",
    "VulnerabilityOptionsOutputEmbedding": ".vulnerability_options_output_embedding",
    "VulnerabilityOptionsOutputLinkage": ".vulnerability_options_output_linkage",
    "WebhookChange": ".webhook_change",
    "WebhookChangeEventsType0ItemType1": ".webhook_change_events_type_0_item_type_1",
    "WebhookEvent": ".webhook_event",
    "WebhookInfo": ".webhook_info",
    "WebhookInfoEventsType0ItemType1": ".webhook_info_events_type_0_item_type_1",
    "WebhookRequest": ".webhook_request",
    "WebhookRequestEventsType0ItemType1": ".webhook_request_events_type_0_item_type_1",
    "WorkerInfo": ".worker_info",
    "WorkerInfoSandboxMissing": ".worker_info_sandbox_missing",
    "WorkerInfoVersions": ".worker_info_versions",
    "WorstCase": ".worst_case",
}

__all__ = (
    "AnalysesView",
    "AnalysisThere",
    "ApgdInput",
    "ApgdInputLoss",
    "ApgdInputNorm",
    "ApgdOutput",
    "ApgdOutputLoss",
    "ApgdOutputNorm",
    "ApgdTInput",
    "ApgdTInputNorm",
    "ApgdTOutput",
    "ApgdTOutputNorm",
    "AppliesTo",
    "AppliesToTags",
    "ArtifactInfo",
    "AttackInfo",
    "AttackInfoDefaults",
    "AttackInfoSchema",
    "AttackOutcome",
    "AttackPaired",
    "AttackReport",
    "AttackReportFigures",
    "AttackReportParams",
    "AttackReportQueriesType0",
    "Attempt",
    "AuditInfo",
    "AuditInfoLabels",
    "AuditInfoVerdictType0",
    "AuditRequestInput",
    "AuditRequestInputLabels",
    "AuditRequestInputPresetType0",
    "AuditRequestInputSamplesType0",
    "AuditRequestOutput",
    "AuditRequestOutputLabels",
    "AuditRequestOutputPresetType0",
    "AuditRequestOutputSamplesType0",
    "AutoAttackInput",
    "AutoAttackInputNorm",
    "AutoAttackOutput",
    "AutoAttackOutputNorm",
    "BestSoFar",
    "BestSoFarJudgedOn",
    "BothClasses",
    "BothImages",
    "Budget",
    "BudgetCurve",
    "Cell",
    "Check",
    "CheckNumbers",
    "CheckStatus",
    "ClassBand",
    "ClassCount",
    "ClassPaired",
    "ClassProbability",
    "ClassReport",
    "Clean",
    "Cluster",
    "ClustersPage",
    "CommonImages",
    "ComparedAudit",
    "ComparisonReport",
    "ComparisonReportVerdict",
    "CompleteUpload",
    "CorruptionInput",
    "CorruptionInputCorruption",
    "CorruptionOutput",
    "CorruptionOutputCorruption",
    "Curve",
    "Curves",
    "CwInput",
    "CwOutput",
    "DatasetInfo",
    "DatasetInspection",
    "DatasetInspectionDtype",
    "DatasetInspectionLabelOrderType0",
    "DatasetInspectionLabelSource",
    "DatasetMetadataInput",
    "DatasetMetadataInputChannelsType0",
    "DatasetMetadataInputLabelOrderType0",
    "DatasetMetadataInputLayoutType0",
    "DatasetMetadataOutput",
    "DatasetMetadataOutputChannelsType0",
    "DatasetMetadataOutputLabelOrderType0",
    "DatasetMetadataOutputLayoutType0",
    "DatasetSource",
    "DdnInput",
    "DdnOutput",
    "DeepfoolInput",
    "DeepfoolInputNorm",
    "DeepfoolOutput",
    "DeepfoolOutputNorm",
    "DeliveryInfo",
    "DeliveryInfoStatus",
    "DendrogramView",
    "DensityCorrelation",
    "DirectParts",
    "DirectUpload",
    "DissectedUnit",
    "DissectionOptions",
    "DissectionSection",
    "DissectionSectionByConcept",
    "Distance",
    "EadInput",
    "EadOutput",
    "EmbeddingView",
    "EmbeddingViewMethod",
    "Estimate",
    "EventAnswer",
    "EventAnswerOutcome",
    "EventData",
    "EventDataLabels",
    "EventDataVerdictType0",
    "EventType",
    "Exciting",
    "ExcitingImage",
    "Execution",
    "ExplainedAttack",
    "ExplainedSample",
    "ExplainOptionsInput",
    "ExplainOptionsInputMapType0",
    "ExplainOptionsInputTargetsType0",
    "ExplainOptionsOutput",
    "ExplainOptionsOutputMapType0",
    "ExplainOptionsOutputTargetsType0",
    "ExplainSection",
    "ExplanationDetail",
    "ExplanationsPage",
    "ExplanationView",
    "Exports",
    "FabTInput",
    "FabTInputNorm",
    "FabTOutput",
    "FabTOutputNorm",
    "FgsmInput",
    "FgsmInputNorm",
    "FgsmOutput",
    "FgsmOutputNorm",
    "FieldError",
    "FieldImage",
    "FieldLayer",
    "FieldNeuron",
    "FieldNeuronGroup",
    "FmnInput",
    "FmnInputNorm",
    "FmnOutput",
    "FmnOutputNorm",
    "GaussianNoiseInput",
    "GaussianNoiseOutput",
    "GenericRequest",
    "GenericRequestAudit",
    "GetAuditDendrogramFormat",
    "GetAuditEmbeddingFormat",
    "GetAuditEmbeddingMethod",
    "GetAuditImageFormat",
    "GetAuditPictureMode",
    "Goal",
    "GpuMemory",
    "GroupMap",
    "HardeningInfo",
    "HardeningInfoLabels",
    "HardeningInfoMetricsType0",
    "HardeningInfoVerdictType0",
    "HardeningMethod",
    "HardeningMethodKind",
    "HardeningRequestInput",
    "HardeningRequestInputAdversary",
    "HardeningRequestInputAugmentItem",
    "HardeningRequestInputBatchNorm",
    "HardeningRequestInputChooseByType0",
    "HardeningRequestInputCriticality",
    "HardeningRequestInputEvalSamplesType0",
    "HardeningRequestInputLabels",
    "HardeningRequestInputLambdaChoice",
    "HardeningRequestInputLayersType0",
    "HardeningRequestInputMethod",
    "HardeningRequestInputOptimizer",
    "HardeningRequestInputPrecision",
    "HardeningRequestInputSchedule",
    "HardeningRequestInputSelection",
    "HardeningRequestOutput",
    "HardeningRequestOutputAdversary",
    "HardeningRequestOutputAugmentItem",
    "HardeningRequestOutputBatchNorm",
    "HardeningRequestOutputChooseByType0",
    "HardeningRequestOutputCriticality",
    "HardeningRequestOutputEvalSamplesType0",
    "HardeningRequestOutputLabels",
    "HardeningRequestOutputLambdaChoice",
    "HardeningRequestOutputLayersType0",
    "HardeningRequestOutputMethod",
    "HardeningRequestOutputOptimizer",
    "HardeningRequestOutputPrecision",
    "HardeningRequestOutputSchedule",
    "HardeningRequestOutputSelection",
    "HardenOptionsInput",
    "HardenOptionsInputAdversary",
    "HardenOptionsInputAugmentItem",
    "HardenOptionsInputBatchNorm",
    "HardenOptionsInputChooseByType0",
    "HardenOptionsInputCriticality",
    "HardenOptionsInputLambdaChoice",
    "HardenOptionsInputLayersType0",
    "HardenOptionsInputMethod",
    "HardenOptionsInputOptimizer",
    "HardenOptionsInputPrecision",
    "HardenOptionsInputSchedule",
    "HardenOptionsInputSelection",
    "HardenOptionsOutput",
    "HardenOptionsOutputAdversary",
    "HardenOptionsOutputAugmentItem",
    "HardenOptionsOutputBatchNorm",
    "HardenOptionsOutputChooseByType0",
    "HardenOptionsOutputCriticality",
    "HardenOptionsOutputLambdaChoice",
    "HardenOptionsOutputLayersType0",
    "HardenOptionsOutputMethod",
    "HardenOptionsOutputOptimizer",
    "HardenOptionsOutputPrecision",
    "HardenOptionsOutputSchedule",
    "HardenOptionsOutputSelection",
    "Head",
    "Headline",
    "Histogram",
    "Hits",
    "HuggingFaceRequest",
    "HuggingFaceRequestAudit",
    "IfgsmInput",
    "IfgsmOutput",
    "ImageDetail",
    "ImagesPage",
    "ImagesPageSort",
    "ImageView",
    "ImportanceChance",
    "InputSpec",
    "InputSpecChannels",
    "InputSpecLayoutType0",
    "IntegrationChange",
    "IntegrationChangeAuditType0",
    "IntegrationInfo",
    "IntegrationInfoAudit",
    "IntegrationInfoCredentialsType0",
    "IntegrationInfoKind",
    "IntegrationInfoStatus",
    "Interpretability",
    "JobEvent",
    "JobEventType",
    "JobEventVerdictType0",
    "JobStatus",
    "KeyedVersionEvent",
    "KeyInfo",
    "KeyRequest",
    "KeyRotation",
    "LayerInfo",
    "LayerInfoKind",
    "LayerSensitivity",
    "LayerSensitivityKind",
    "LayerSensitivityRatio",
    "LayerSensitivitySensitivity",
    "LayerSimilarity",
    "LayersPage",
    "LayerSweep",
    "LayerView",
    "LayerViewRatioType0",
    "LayerViewSensitivityType0",
    "LeftOut",
    "LeftOutSide",
    "Limits",
    "ListAuditImagesFormat",
    "ListAuditImagesSort",
    "ListAuditNeuronsFormat",
    "ListAuditNeuronsSort",
    "ListDeliveriesStatus",
    "ListRegistryVersionsStatus",
    "Live",
    "Maps",
    "MapsKindType0",
    "Mask",
    "MaskArrayType0",
    "MaskingOptionsInput",
    "MaskingOptionsOutput",
    "MaskingPoint",
    "MaskingPointGroup",
    "MaskingPointRobustAccuracy",
    "MaskingSection",
    "MaskingSectionAttacks",
    "MaskingSectionAttacksAdditionalProperty",
    "MatrixView",
    "MeanImportance",
    "MLflowRequest",
    "MLflowRequestAudit",
    "ModelInfo",
    "ModelInfoFormatType0",
    "ModelInfoTags",
    "ModelInspection",
    "ModelInspectionAgreement",
    "ModelInspectionFormat",
    "ModelMetadata",
    "ModelMetadataFormatType0",
    "ModelMetadataTags",
    "ModelSigningKey",
    "ModelSource",
    "NattackInput",
    "NattackInputNorm",
    "NattackOutput",
    "NattackOutputNorm",
    "NeuronDetail",
    "NeuronDetailMeasuresType0",
    "NeuronOptionsInput",
    "NeuronOptionsInputImportanceOptions",
    "NeuronOptionsInputReceptiveFieldOptions",
    "NeuronOptionsInputSimilarityOptions",
    "NeuronOptionsInputSweepOptions",
    "NeuronOptionsInputSweepOptionsTapsItem",
    "NeuronOptionsInputTap",
    "NeuronOptionsInputZeroPolicy",
    "NeuronOptionsOutput",
    "NeuronOptionsOutputImportanceOptions",
    "NeuronOptionsOutputReceptiveFieldOptions",
    "NeuronOptionsOutputSimilarityOptions",
    "NeuronOptionsOutputSweepOptions",
    "NeuronOptionsOutputSweepOptionsTapsItem",
    "NeuronOptionsOutputTap",
    "NeuronOptionsOutputZeroPolicy",
    "NeuronRank",
    "NeuronReport",
    "NeuronReportImportanceSection",
    "NeuronReportReceptiveFieldSection",
    "NeuronReportSimilaritySection",
    "NeuronReportSuppressionSection",
    "NeuronReportSuppressionSectionAttacks",
    "NeuronReportSuppressionSectionAttacksAdditionalProperty",
    "NeuronReportSuppressionSectionRanking",
    "NeuronReportSweepSection",
    "NeuronReportVulnerabilitySection",
    "NeuronReportVulnerabilitySectionAttack",
    "NeuronReportVulnerabilitySectionTop",
    "NeuronsPage",
    "NeuronsPageSort",
    "NeuronView",
    "NeuronViewMeasuresType0",
    "NewKey",
    "NewWebhook",
    "NewWebhookEventsType0ItemType1",
    "OnePixelInput",
    "OnePixelOutput",
    "Other",
    "OwnCluster",
    "PageArtifactInfo",
    "PageAttackInfo",
    "PageAuditInfo",
    "PageDatasetInfo",
    "PageDeliveryInfo",
    "PageHardeningInfo",
    "PageHardeningMethod",
    "PageIntegrationInfo",
    "PageKeyInfo",
    "PageModelInfo",
    "PagePolicyInfo",
    "PagePreset",
    "PageSampleResult",
    "PageUploadInfo",
    "PageVersionInfo",
    "PageWebhookInfo",
    "Paired",
    "PairInfo",
    "Part",
    "PartAddress",
    "PartStatus",
    "Perturbation",
    "PgdInput",
    "PgdInputLoss",
    "PgdInputNorm",
    "PgdInputTargetType0",
    "PgdOutput",
    "PgdOutputLoss",
    "PgdOutputNorm",
    "PgdOutputTargetType0",
    "Picture",
    "PixelCurve",
    "Plane",
    "Policy",
    "PolicyChange",
    "PolicyInfo",
    "PolicyRequest",
    "PolicyRule",
    "PolicyRuleOp",
    "Preset",
    "PresetName",
    "Problem",
    "Progress",
    "RankedNeuron",
    "Ready",
    "ReadyChecks",
    "ReadySandboxMissing",
    "ReadyStatus",
    "RefinedMean",
    "RefinedSample",
    "Region",
    "RegionClasses",
    "RegionDetail",
    "RegionOptions",
    "RegionOptionsSegmentation",
    "RegionOptionsSemanticType0",
    "RegionOptionsValues",
    "RegionSample",
    "RegionSection",
    "RegionsPage",
    "RegionView",
    "ReplayAnswer",
    "ReplayedBy",
    "ReplayReport",
    "ReplayReportVerdictType0",
    "ReplayRequest",
    "ReplayRequestStatus",
    "Report",
    "ReportConfig",
    "ReportDataset",
    "ReportDatasetLabelMappingType0",
    "ReportDefinitions",
    "ReportEnvironment",
    "ReportHardeningType0",
    "ReportModel",
    "ReportTimings",
    "ReportVerdict",
    "ReportVerdictStatusType0",
    "Resize",
    "ResizeInterpolation",
    "RuleResult",
    "RuleResultStatus",
    "SampleResult",
    "SampleResultAttacks",
    "SamplesLeftOut",
    "SamplesLeftOutSide",
    "Scope",
    "Score",
    "ScoreCurve",
    "Scrutiny",
    "SecretRotation",
    "SentPart",
    "ShareIntervals",
    "Shares",
    "SigningKey",
    "SoFar",
    "SoFarJudgedOnType0",
    "SpsaInput",
    "SpsaInputNorm",
    "SpsaOutput",
    "SpsaOutputNorm",
    "SquareInput",
    "SquareInputNorm",
    "SquareOutput",
    "SquareOutputNorm",
    "Stopped",
    "StoppedReason",
    "StrAttackInput",
    "StrAttackOutput",
    "SuppressionOptionsInput",
    "SuppressionOptionsInputRanking",
    "SuppressionOptionsOutput",
    "SuppressionOptionsOutputRanking",
    "SuppressionPoint",
    "SuppressionPointGroup",
    "SuppressionPointRobustAccuracy",
    "SweptLayer",
    "Targeted",
    "TargetedAttack",
    "TargetImportance",
    "ThreatModel",
    "ThreatModelKind",
    "ThreatModelNormType0",
    "ThreatPaired",
    "Underway",
    "UploadDatasetFilesBody",
    "UploadInfo",
    "UploadModelFilesBody",
    "UploadStatus",
    "Usage",
    "VersionEvent",
    "VersionInfo",
    "VersionInfoStatus",
    "VulnerabilityCurves",
    "VulnerabilityMaps",
    "VulnerabilityOptionsInput",
    "VulnerabilityOptionsInputEmbedding",
    "VulnerabilityOptionsInputLinkage",
    "VulnerabilityOptionsOutput",
    "VulnerabilityOptionsOutputEmbedding",
    "VulnerabilityOptionsOutputLinkage",
    "WebhookChange",
    "WebhookChangeEventsType0ItemType1",
    "WebhookEvent",
    "WebhookInfo",
    "WebhookInfoEventsType0ItemType1",
    "WebhookRequest",
    "WebhookRequestEventsType0ItemType1",
    "WorkerInfo",
    "WorkerInfoSandboxMissing",
    "WorkerInfoVersions",
    "WorstCase",
)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name], __name__), name)
