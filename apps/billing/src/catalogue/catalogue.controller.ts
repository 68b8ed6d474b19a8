import { Controller } from '@nestjs/common';
import {
  type CatalogueResponse,
  editPack,
  type EditPackRequest,
  editPlan,
  type EditPlanRequest,
  listPlans,
  type Nothing,
  type PackResponse,
  type PlanPreview,
  type PlanResponse,
  previewPlan,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { CatalogueService } from './catalogue.service';

@Controller()
export class CatalogueController {
  constructor(private readonly catalogue: CatalogueService) {}

  @Handles(listPlans)
  plans(_request: Nothing): Promise<CatalogueResponse> {
    return this.catalogue.list();
  }

  @Handles(editPlan)
  editPlan(request: EditPlanRequest): Promise<PlanResponse> {
    return this.catalogue.edit(request);
  }

  @Handles(editPack)
  editPack(request: EditPackRequest): Promise<PackResponse> {
    return this.catalogue.editPack(request);
  }

  @Handles(previewPlan)
  preview(request: EditPlanRequest): Promise<PlanPreview> {
    return this.catalogue.preview(request);
  }
}
